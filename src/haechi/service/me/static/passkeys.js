// Passkeys (WebAuthn). All else on these pages works without this file.
"use strict";
(() => {
  const bytes = (text) =>
    Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (sign) => sign.charCodeAt(0));
  const text = (buffer) =>
    btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");

  const asked = (options, adds) => {
    const read = { ...options, challenge: bytes(options.challenge) };
    const list = adds ? "excludeCredentials" : "allowCredentials";
    read[list] = (options[list] || []).map((one) => ({ ...one, id: bytes(one.id) }));
    if (adds) read.user = { ...options.user, id: bytes(options.user.id) };
    return { publicKey: read };
  };
  const answer = (credential) => {
    const response = {};
    for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
      if (credential.response[name]) response[name] = text(credential.response[name]);
    }
    return { id: credential.id, rawId: text(credential.rawId), type: credential.type, response };
  };
  const post = async (path, csrf, body) => {
    const headers = { Accept: "application/json", "Content-Type": "application/json", "X-CSRF": csrf };
    const got = await fetch(path, { method: "POST", headers, body: JSON.stringify(body), credentials: "same-origin" });
    const said = await got.json();
    if (!got.ok) throw new Error(said.message);
    return said;
  };

  const use = async (button) => {
    const { passkey, options, finish, csrf } = button.dataset;
    const adds = passkey === "add";
    const request = asked(await post(options, csrf || "", {}), adds);
    let credential;
    try {
      credential = adds ? await navigator.credentials.create(request) : await navigator.credentials.get(request);
    } catch {
      throw new Error(button.dataset.failed);
    }
    location.assign((await post(finish, csrf || "", answer(credential))).go);
  };

  if (!window.PublicKeyCredential) return;
  for (const button of document.querySelectorAll("button[data-passkey]")) {
    button.hidden = false;
    const status = document.getElementById("passkey-status");
    button.addEventListener("click", async () => {
      button.disabled = true;
      status.textContent = "";
      try {
        await use(button);
      } catch (fault) {
        status.textContent = fault.message;
        button.disabled = false;
      }
    });
  }
})();

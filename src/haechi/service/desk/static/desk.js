// Keys for the desk. Every page works without: a key only presses what is there.
"use strict";
(() => {
  const OFF = "haechi-desk-keys-off";
  const stored = () => { try { return localStorage.getItem(OFF) === "yes"; } catch { return false; } };
  let off = stored();

  const place = document.getElementById("key-switch");
  if (place) {
    const label = document.createElement("label");
    const box = document.createElement("input");
    box.type = "checkbox";
    box.checked = !off;
    box.addEventListener("change", () => {
      off = !box.checked;
      try { localStorage.setItem(OFF, off ? "yes" : "no"); } catch { /* It holds for this page alone. */ }
    });
    label.append(box, " Single keys are on");
    place.append(label);
  }

  const writes = (element) => element.closest("textarea, select, [contenteditable]") !== null
    || (element.matches("input") && !["checkbox", "radio"].includes(element.type));

  const move = (step) => {
    const stops = [...document.querySelectorAll("main .stop")];
    if (!stops.length) return;
    const here = stops.indexOf(document.activeElement.closest(".stop"));
    const next = here < 0 ? (step > 0 ? 0 : stops.length - 1) : Math.min(Math.max(here + step, 0), stops.length - 1);
    stops[next].focus();
    stops[next].scrollIntoView({ block: "nearest" });
  };

  const send = (id) => document.getElementById(id)?.requestSubmit();

  const choose = (key) => {
    const radio = document.querySelector(`#decide input[data-key="${key}"]`);
    if (!radio) return false;
    radio.checked = true;
    document.getElementById("words").focus();
    return true;
  };

  // What was written and not sent would be lost with the page.
  const writing = () => document.querySelector("main [data-kept]") !== null
    || [...document.querySelectorAll("main form[method=post] :is(input:not([type=hidden]), textarea)")]
      .some((one) => writes(one) && one.value !== one.defaultValue);

  const keys = {
    j: () => move(1),
    k: () => move(-1),
    n: () => !writing() && (document.getElementById("next") ? send("next") : location.assign("/desk")),
    t: () => send("take"),
    u: () => !writing() && location.assign("/desk"),
    r: () => document.getElementById("reveal")?.click(),
    "?": () => {
      const help = document.getElementById("help");
      if (!help) return;
      help.open = !help.open;
      if (help.open) help.querySelector("summary").focus();
    },
  };

  document.addEventListener("keydown", (event) => {
    if (off || event.defaultPrevented || event.isComposing) return;
    if (event.ctrlKey || event.metaKey || event.altKey || writes(event.target)) return;
    const radio = event.target.matches("input[type=radio]");
    if (!radio && (event.key === "ArrowDown" || event.key === "ArrowUp") && document.querySelector("table.queue")) {
      move(event.key === "ArrowDown" ? 1 : -1);
      event.preventDefault();
    } else if (/^[1-4]$/.test(event.key)) {
      if (choose(event.key)) event.preventDefault();
    } else if (Object.hasOwn(keys, event.key)) {
      keys[event.key]();
      event.preventDefault();
    }
  });
})();

(function () {
  var input = document.getElementById("q"), table = document.getElementById("themes");
  if (!input || !table) return;
  var rows = Array.prototype.slice.call(table.tBodies[0].rows);
  var texts = rows.map(function (row) { return row.textContent.normalize("NFKC").toLowerCase(); });
  var told = document.querySelector("output");
  input.parentNode.hidden = false;
  function filter() {
    var words = input.value.normalize("NFKC").toLowerCase().split(/\s+/).filter(Boolean), shown = 0;
    rows.forEach(function (row, i) {
      var hit = words.every(function (word) { return texts[i].indexOf(word) >= 0; });
      row.hidden = !hit;
      if (hit) shown += 1;
    });
    told.textContent = told.dataset.found.replace("{}", shown.toLocaleString("en"));
  }
  input.addEventListener("input", filter);
  filter();
})();

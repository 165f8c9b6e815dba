// Shows only the rows of the timeline that the reader asks for. Without it the page has them all.
"use strict";
const text = document.getElementById("filter-text");
const status = document.getElementById("filter-status");
const count = document.getElementById("filter-count");
const rows = [...document.querySelectorAll("#rows tbody tr")];
const words = rows.map((row) => row.dataset.words.toLowerCase());

function apply() {
  const wanted = text.value.trim().toLowerCase();
  let shown = 0;
  rows.forEach((row, index) => {
    const fits = words[index].includes(wanted) && (!status.value || row.dataset.status === status.value);
    row.hidden = !fits;
    shown += fits;
  });
  count.textContent = `${shown} of ${rows.length} rows`;
}

// A link to a row that the filter hides brings all rows back.
function reveal() {
  const row = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (row && row.hidden) {
    text.value = status.value = "";
    apply();
    row.scrollIntoView();
  }
}

document.getElementById("filter").hidden = false;
text.addEventListener("input", apply);
status.addEventListener("change", apply);
window.addEventListener("hashchange", reveal);
apply();

// Keys of the console: "/" goes to the search from everywhere; without this file everything works, too.
"use strict";
document.addEventListener("keydown", (event) => {
  const typing = event.target.matches("input, textarea, select, [contenteditable]");
  if (event.key !== "/" || typing || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  const search = document.getElementById("q");
  if (search) search.focus();
  else location.href = "/";
});

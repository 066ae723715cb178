// Keys of the console: Ctrl and "/" go to the search from everywhere (one key alone would be pressed unawares, WCAG 2.1.4);
// without this file everything works, too.
"use strict";
document.addEventListener("keydown", (event) => {
  if (event.key !== "/" || !event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  const search = document.getElementById("q");
  if (search) search.focus();
  else location.href = "/";
});

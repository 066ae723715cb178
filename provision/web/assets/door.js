// The door of the pages in the room: shows the key that stands behind # in the address, or that is typed.
"use strict";
(() => {
  const show = async (key) => {
    const answer = await fetch("session", { method: "POST", headers: { "X-Provision-Key": key } });
    if (answer.ok) {
      sessionStorage.setItem("provision-key", key);
      history.replaceState(null, "", location.pathname + location.search);
      location.reload();
    } else {
      const told = document.getElementById("answer");
      told.textContent = told.dataset.wrong;
    }
  };
  const found = /key=([\w-]+)/.exec(location.hash);
  if (found) show(found[1]);
  document.getElementById("door").addEventListener("submit", (event) => {
    event.preventDefault();
    show(document.getElementById("key").value.trim());
  });
})();

// Everything works without this file. It opens what an address points into, and offers to open all.
"use strict";
(function () {
  function reveal() {
    const name = decodeURIComponent(location.hash.slice(1));
    const goal = name && document.getElementById(name);
    if (!goal) return;
    let inside = goal.querySelector(":scope details");
    if (goal.tagName === "TR" && inside) inside.open = true;
    for (let at = goal.parentElement; at; at = at.parentElement) {
      if (at.tagName === "DETAILS") at.open = true;
    }
    goal.scrollIntoView();
  }
  addEventListener("hashchange", reveal);
  reveal();

  const all = Array.from(document.querySelectorAll("main details"));
  if (all.length > 3) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "open-all";
    button.textContent = "Open all lists";
    button.addEventListener("click", function () {
      const open = all.some((item) => !item.open);
      all.forEach((item) => { item.open = open; });
      button.textContent = open ? "Close all lists" : "Open all lists";
    });
    const head = document.querySelector("main h1");
    if (head) head.after(button);
  }
})();

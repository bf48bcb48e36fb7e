// Three comforts where there is JavaScript: Enter sends (Shift+Enter makes a new line); a question that comes by itself
// takes the focus, unless somebody is writing; a server that does not answer is told. The page works without this file.
"use strict";

const newestAsk = () => [...document.querySelectorAll("li:has(.keys)")].at(-1);
let known = newestAsk()?.id;

document.addEventListener("keydown", (press) => {
  const sends = press.key === "Enter" && !press.shiftKey && !press.isComposing;
  if (sends && press.target.id === "words") {
    press.preventDefault();
    press.target.form.requestSubmit();
  }
});

document.addEventListener("htmx:after:swap", () => {
  const ask = newestAsk();
  if (ask && ask.id !== known && document.activeElement.matches("body, li")) ask.focus();
  known = ask?.id;
});

document.addEventListener("htmx:error", () => {
  document.getElementById("toast").textContent =
    "Willow does not answer at the moment. Your words are still in the box. " +
    "If you or somebody else is in danger now, call your local emergency number.";
});

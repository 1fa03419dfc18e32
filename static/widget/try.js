// "Begin again": the chat forgets who it was to the bot, as a new browser would.
document.getElementById("try-again")?.addEventListener("click", () => {
  document.dispatchEvent(new CustomEvent("leadline:forget"));
});

// Buttons within the conversation, the keyboard, and what runs once the page is there.
(() => {
  const rag = window.rag;
  const isTyping = (element) => element.matches?.("input, textarea, select, [contenteditable]");

  Object.assign(rag.actions = rag.actions || {}, {
    ask: (button) => rag.ask({ question: button.dataset.question, keepsBox: true }),
    again: (button) => rag.askAgain(button.closest(".rag-turn")),
    alone: (button) => rag.askAgain(button.closest(".rag-turn"), { alone: true }),
    copy: rag.copy,
    export: rag.exportTalk,
    back: rag.backToAnswer,
    source: (button) => rag.showSources(button.closest(".rag-turn"), { document: button.dataset.document }),
    vote: rag.vote,
  });
  document.addEventListener("click", (event) => {
    const pressed = event.target instanceof Element && event.target.closest("[data-act]");
    const action = pressed && rag.actions[pressed.dataset.act];
    if (action) action(pressed);
  });

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      rag.hideTip();
      if (rag.isBusy()) rag.clickHidden("rag-stop");
    }
    if (event.key === "/" && !event.ctrlKey && !event.metaKey && !isTyping(event.target)) {
      event.preventDefault();
      rag.box().focus();
    }
  });

  // The parts are mounted some time after the scripts run.
  const mounted = setInterval(() => {
    if (!document.getElementById("rag-list")) return;
    clearInterval(mounted);
    rag.listConversations();
    rag.closeSidebarIfNarrow();
    document.body.classList.add("rag-ready");
  }, 50);
})();

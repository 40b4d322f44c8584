// Thumbs under an answer, with an optional note; they are kept with the conversation and sent to the server.
(() => {
  const rag = window.rag;
  let sending = null;
  let said = null;

  function send(article, direction, note) {
    const talk = rag.store.current();
    const at = talk.turns.findIndex((turn) => turn.id === article.dataset.turn);
    if (at < 0) return;
    talk.votes = { ...talk.votes, [article.dataset.turn]: direction };
    rag.store.save(talk);
    sending = { turn: talk.turns[at], turns: talk.turns.slice(0, at), vote: direction, note };
    rag.clickHidden("rag-voted");
    showVotes();
  }

  function vote(button) {
    const article = button.closest(".rag-turn");
    send(article, button.dataset.vote, "");
    said = noteForm(article, button.dataset.vote);
  }

  function noteForm(article, direction) {
    article.querySelector(".rag-note-form")?.remove();
    const form = document.createElement("form");
    form.className = "rag-note-form";
    const field = document.createElement("input");
    field.className = "rag-note-field";
    field.placeholder = direction === "up" ? "Optional: what is good?" : "Optional: what is wrong, what right?";
    field.setAttribute("aria-label", field.placeholder);
    field.maxLength = 4000;
    const button = document.createElement("button");
    button.className = "rag-action";
    button.textContent = "Send";
    form.append(field, button);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (field.value.trim()) send(article, direction, field.value.trim());
      said = form;
    });
    article.querySelector(".rag-actions").append(form);
    field.focus();
    return form;
  }

  // What is being typed stays until it is sent itself.
  function thanked({ told, done }) {
    if (said && told && done) said.textContent = told;
  }

  function showVotes() {
    const votes = rag.store.current().votes || {};
    document.querySelectorAll(".rag-vote").forEach((button) => {
      const given = votes[button.closest(".rag-turn").dataset.turn];
      button.setAttribute("aria-pressed", String(given === button.dataset.vote));
    });
  }

  Object.assign(rag, { vote, showVotes, thanked, voted: () => sending });
})();

// The list of conversations: open, search, rename, delete, begin a new one, export.
(() => {
  const rag = window.rag;
  const find = () => (document.getElementById("rag-find")?.value || "").trim().toLowerCase();

  function matches(talk, words) {
    if (!words) return true;
    const told = talk.turns.map((turn) => `${turn.question} ${turn.answer ? turn.answer.text : ""}`);
    return `${talk.title} ${told.join(" ")}`.toLowerCase().includes(words);
  }

  function button(act, label, text, name) {
    const made = document.createElement("button");
    made.type = "button";
    made.dataset.act = act;
    made.className = name;
    made.textContent = text;
    made.setAttribute("aria-label", label);
    made.title = label;
    return made;
  }

  function entry(talk, currentId) {
    const item = document.createElement("li");
    item.dataset.talk = talk.id;
    const open = button("open", `Open: ${talk.title}`, talk.title, "rag-open-talk");
    if (talk.id === currentId) open.setAttribute("aria-current", "true");
    item.append(open, button("rename", `Rename: ${talk.title}`, "✎", "rag-tool"),
      button("delete", `Delete: ${talk.title}`, "✕", "rag-tool"));
    return item;
  }

  function listConversations() {
    const list = document.getElementById("rag-list");
    if (!list) return;
    const talks = rag.store.all();
    const current = rag.store.current().id;
    list.replaceChildren(...talks.filter((talk) => matches(talk, find())).map((talk) => entry(talk, current)));
    const none = document.getElementById("rag-none");
    none.hidden = list.childElementCount > 0;
    none.textContent = talks.length ? "No conversation has these words." : "No conversation yet. They are kept in this browser only.";
  }

  function rename(item) {
    const talk = rag.store.load(item.dataset.talk);
    if (!talk) return;
    const field = document.createElement("input");
    field.className = "rag-rename";
    field.value = talk.title;
    field.setAttribute("aria-label", "New name");
    item.replaceChildren(field);
    field.focus();
    field.select();
    let done = false;
    const end = (keep) => {
      if (done) return;
      done = true;
      if (keep && field.value.trim()) {
        talk.title = field.value.trim().slice(0, 120);
        const updated = talk.updated;
        rag.store.save(talk);
        talk.updated = updated;
      }
      listConversations();
    };
    field.addEventListener("blur", () => end(true));
    field.addEventListener("keydown", (event) => {
      event.stopPropagation();
      if (event.key === "Enter") end(true);
      if (event.key === "Escape") end(false);
    });
  }

  function confirmDelete(item) {
    const talk = rag.store.load(item.dataset.talk);
    if (!talk) return;
    const sure = button("delete-now", `Delete for good: ${talk.title}`, "Delete", "rag-sure");
    item.replaceChildren(sure, button("keep", "Keep it", "Keep", "rag-tool-wide"));
    sure.focus();
  }

  function open(id) {
    rag.whenFree(() => {
      rag.store.choose(id);
      rag.clickHidden("rag-open");
      listConversations();
      closeSidebarIfNarrow();
    });
  }

  function startNew() {
    rag.whenFree(() => {
      rag.store.start();
      rag.clickHidden("rag-open");
      listConversations();
      rag.notify("");
      closeSidebarIfNarrow();
      rag.box().focus();
    });
  }

  function remove(id) {
    const wasCurrent = rag.store.current().id === id;
    const action = () => {
      rag.store.remove(id);
      if (wasCurrent) {
        rag.store.start();
        rag.clickHidden("rag-open");
      }
      listConversations();
    };
    if (wasCurrent) rag.whenFree(action);
    else action();
  }

  // On a narrow screen the list lies over the conversation.
  function closeSidebarIfNarrow() {
    const toggle = document.querySelector("#rag-sidebar.open .toggle-button, .sidebar.open .toggle-button");
    if (toggle && innerWidth <= 900) toggle.click();
  }

  const actions = {
    new: startNew,
    open: (item) => open(item.dataset.talk),
    rename,
    delete: confirmDelete,
    keep: listConversations,
    "delete-now": (item) => remove(item.dataset.talk),
  };
  document.addEventListener("click", (event) => {
    const pressed = event.target instanceof Element && event.target.closest("#rag-conversations [data-act]");
    const action = pressed && actions[pressed.dataset.act];
    if (action) action(pressed.closest("li"));
  });
  document.addEventListener("input", (event) => { if (event.target.id === "rag-find") listConversations(); });
  addEventListener("storage", () => listConversations());

  Object.assign(rag, { listConversations, closeSidebarIfNarrow });
})();

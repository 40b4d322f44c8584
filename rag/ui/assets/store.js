// Conversations in this browser's local storage, one entry each, and which of them this tab shows.
window.rag = window.rag || {};
(() => {
  const prefix = `rag:${location.pathname}:`;
  const currentKey = `${prefix}current`;

  const newId = () => `t${Date.now().toString(36)}${Math.random().toString(36).slice(2, 8)}`;

  function read(key) {
    try {
      const value = JSON.parse(localStorage.getItem(key));
      return value && Array.isArray(value.turns) ? value : null;
    } catch {
      return null;
    }
  }

  function all() {
    const keys = Object.keys(localStorage).filter((key) => key.startsWith(`${prefix}talk:`));
    const talks = keys.map(read).filter((talk) => talk && talk.id);
    return talks.sort((one, other) => other.updated - one.updated);
  }

  // When the storage is full the oldest conversations make room, and the person is told.
  function save(talk) {
    talk.updated = Date.now();
    const text = JSON.stringify(talk);
    for (;;) {
      try {
        localStorage.setItem(`${prefix}talk:${talk.id}`, text);
        return;
      } catch {
        const oldest = all().filter((other) => other.id !== talk.id).pop();
        if (!oldest) {
          window.rag.notify("This browser does not keep the conversation: its storage is full or switched off.");
          return;
        }
        localStorage.removeItem(`${prefix}talk:${oldest.id}`);
        window.rag.notify(`The browser's storage is full: the oldest conversation, “${oldest.title}”, was let go.`);
      }
    }
  }

  function current() {
    const id = sessionStorage.getItem(currentKey);
    return (id && read(`${prefix}talk:${id}`)) || window.rag.fresh || start();
  }

  // A conversation is kept from its first question on.
  function start() {
    window.rag.fresh = { id: newId(), title: "", turns: [], votes: {}, within: [], updated: Date.now() };
    sessionStorage.setItem(currentKey, window.rag.fresh.id);
    return window.rag.fresh;
  }

  function choose(id) {
    window.rag.fresh = null;
    sessionStorage.setItem(currentKey, id);
  }

  Object.assign(window.rag, {
    newId,
    store: { all, save, current, start, choose, load: (id) => read(`${prefix}talk:${id}`),
      remove: (id) => localStorage.removeItem(`${prefix}talk:${id}`), prefix },
  });
})();

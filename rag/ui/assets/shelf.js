// The library: ticking papers, asking about the ticked ones alone, removing them.
(() => {
  const rag = window.rag;
  const chosen = new Map();
  const paperOf = (element) => element.closest(".rag-paper");

  function showChosen() {
    document.querySelectorAll(".rag-tick").forEach((tick) => {
      tick.checked = chosen.has(paperOf(tick).dataset.document);
    });
    const bar = document.getElementById("rag-chosen");
    if (!bar) return;
    bar.hidden = chosen.size === 0;
    document.getElementById("rag-chosen-count").textContent = chosen.size === 1 ? "1 paper chosen" : `${chosen.size} papers chosen`;
    const remove = bar.querySelector('[data-act="remove-chosen"], [data-act="remove-now"]');
    remove.dataset.act = "remove-chosen";
    remove.textContent = "Remove";
  }

  document.addEventListener("change", (event) => {
    if (!event.target.classList?.contains("rag-tick")) return;
    const paper = paperOf(event.target);
    const title = paper.querySelector("[data-title]").dataset.title;
    if (event.target.checked) chosen.set(paper.dataset.document, title);
    else chosen.delete(paper.dataset.document);
    showChosen();
  });

  function askWithin(papers) {
    rag.whenFree(() => {
      const talk = rag.store.current();
      talk.within = [...papers.keys()];
      talk.withinTitles = [...papers.values()];
      if (talk.turns.length) rag.store.save(talk);
      showScope();
      document.querySelector('#rag-tabs button[role="tab"]').click();
      setTimeout(() => rag.box().focus(), 100);
    });
  }

  function showScope() {
    const place = document.getElementById("rag-scope");
    if (!place) return;
    const talk = rag.store.current();
    const titles = talk.withinTitles || [];
    place.hidden = !(talk.within || []).length;
    const label = document.createElement("span");
    label.textContent = titles.length === 1 ? `Asking about: ${titles[0]}` : `Asking about ${titles.length} papers: ${titles.join("; ")}`;
    label.title = titles.join("\n");
    const off = document.createElement("button");
    off.type = "button";
    off.className = "rag-action";
    off.dataset.act = "ask-all";
    off.textContent = "Ask all papers";
    place.replaceChildren(label, off);
  }

  function askAll() {
    const talk = rag.store.current();
    talk.within = [];
    talk.withinTitles = [];
    if (talk.turns.length) rag.store.save(talk);
    showScope();
    rag.box().focus();
  }

  function confirmRemoval(button) {
    button.dataset.act = "remove-now";
    button.textContent = chosen.size === 1 ? "Really remove it" : `Really remove ${chosen.size}`;
  }

  function libraryChanged() {
    const shown = new Set([...document.querySelectorAll(".rag-paper")].map((paper) => paper.dataset.document));
    for (const id of chosen.keys()) if (!shown.has(id)) chosen.delete(id);
    showChosen();
  }

  Object.assign(rag, { showChosen, showScope, libraryChanged, removing: () => [...chosen.keys()] });
  Object.assign(rag.actions = rag.actions || {}, {
    "ask-about": (button) => askWithin(new Map([[paperOf(button).dataset.document, button.dataset.title]])),
    "ask-chosen": () => askWithin(chosen),
    "ask-all": askAll,
    "clear-chosen": () => { chosen.clear(); showChosen(); },
    "remove-chosen": confirmRemoval,
    "remove-now": () => rag.clickHidden("rag-removed"),
    more: () => rag.clickHidden("rag-more"),
  });
})();

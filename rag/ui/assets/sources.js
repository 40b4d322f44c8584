// Markers and the panel beside the conversation: hovering shows a quote, a click opens its source.
(() => {
  const rag = window.rag;
  const cards = () => document.getElementById("rag-cards");
  const reducedMotion = () => matchMedia("(prefers-reduced-motion: reduce)").matches;
  const behavior = () => (reducedMotion() ? "auto" : "smooth");

  function showSources(article, target = {}) {
    const kept = article && article.querySelector(".rag-sources");
    if (!kept || !cards()) return;
    // Of an answer just given, a reader may have opened a source already.
    if (target.keepsOpen && cards().dataset.turn === article.dataset.turn) return;
    cards().innerHTML = kept.innerHTML;
    cards().dataset.turn = article.dataset.turn;
    document.querySelectorAll(".rag-turn").forEach((one) => one.classList.toggle("rag-current", one === article));
    if (target.marker) openMarker(target.marker, target.focus);
    else if (target.document) openCard(target.document);
    else panelScroller().scrollTop = 0;
  }

  const panelScroller = () => document.getElementById("rag-panel");

  function openMarker(marker, focus) {
    const marks = cards().querySelectorAll(`mark[data-markers~="${CSS.escape(marker)}"]`);
    const shown = marks.length ? marks : cards().querySelectorAll("mark");
    shown.forEach((mark) => mark.classList.add("rag-active"));
    if (shown[0]) reveal(shown[0]);
    if (focus) panelScroller().focus({ preventScroll: true });
  }

  function openCard(documentId) {
    const card = cards().querySelector(`[data-document="${CSS.escape(documentId)}"]`);
    if (!card) return;
    if (card.tagName === "DETAILS") card.open = true;
    reveal(card);
  }

  // Beside the conversation the panel scrolls by itself; below it, on a narrow screen, the page does.
  function reveal(element) {
    const panel = panelScroller();
    if (getComputedStyle(panel).overflowY !== "visible") {
      const offset = element.getBoundingClientRect().top - panel.getBoundingClientRect().top;
      panel.scrollTo({ top: panel.scrollTop + offset - panel.clientHeight / 3, behavior: behavior() });
    } else {
      element.scrollIntoView({ block: "center", behavior: behavior() });
    }
  }

  function tip() {
    let box = document.getElementById("rag-tip");
    if (!box) {
      box = document.createElement("div");
      box.id = "rag-tip";
      box.setAttribute("role", "tooltip");
      box.hidden = true;
      box.append(document.createElement("strong"), document.createElement("span"));
      document.body.append(box);
    }
    return box;
  }

  function showTip(marker) {
    const box = tip();
    box.children[0].textContent = marker.dataset.title;
    box.children[1].textContent = `“${marker.dataset.quote}”`;
    box.hidden = false;
    marker.setAttribute("aria-describedby", "rag-tip");
    const at = marker.getBoundingClientRect();
    const left = Math.max(8, Math.min(at.left - 20, innerWidth - box.offsetWidth - 8));
    const above = at.top - box.offsetHeight - 6;
    box.style.left = `${left}px`;
    box.style.top = `${above > 8 ? above : at.bottom + 6}px`;
  }

  const hideTip = () => { tip().hidden = true; };
  const markerOf = (event) => event.target instanceof Element && event.target.closest(".rag-marker");

  for (const name of ["mouseover", "focusin"])
    document.addEventListener(name, (event) => { if (markerOf(event)) showTip(markerOf(event)); });
  for (const name of ["mouseout", "focusout"])
    document.addEventListener(name, (event) => { if (markerOf(event)) hideTip(); });
  document.addEventListener("scroll", hideTip, true);

  document.addEventListener("click", (event) => {
    const marker = markerOf(event);
    if (!marker) return;
    event.preventDefault();
    hideTip();
    rag.opener = marker;
    showSources(marker.closest(".rag-turn"), { marker: marker.dataset.marker, focus: event.detail === 0 });
  });

  function backToAnswer() {
    const turn = document.querySelector(`.rag-turn[data-turn="${CSS.escape(cards().dataset.turn || "")}"]`);
    if (!turn) return;
    turn.scrollIntoView({ block: "center", behavior: behavior() });
    if (rag.opener && turn.contains(rag.opener)) rag.opener.focus({ preventScroll: true });
  }

  function clearSources() {
    cards().innerHTML = '<p class="rag-empty">The papers behind an answer appear here, each with the words that support it.</p>';
    delete cards().dataset.turn;
  }

  Object.assign(rag, { behavior, showSources, clearSources, backToAnswer, hideTip });
})();

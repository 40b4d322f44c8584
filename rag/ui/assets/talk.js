// Asking: what is sent to the server, and what is done once the answer is there.
(() => {
  const rag = window.rag;
  const box = () => document.querySelector("#rag-question textarea");
  const click = (id) => document.querySelector(`#${id}`)?.click();
  let pending = null;
  let afterwards = null;

  function setBox(text) {
    box().value = text;
    box().dispatchEvent(new Event("input", { bubbles: true }));
  }

  // Called by the page when something is to be asked; null means that there is nothing.
  function request(choices) {
    const next = rag.next || { question: box().value };
    rag.next = null;
    if (pending || !next.question.trim()) return null;
    const talk = rag.store.current();
    const earlier = next.replaces ? talk.turns.filter((turn) => turn.id !== next.replaces) : talk.turns;
    const turn = {
      id: rag.newId(), question: next.question.trim(), status: "asking", asked: new Date().toISOString(),
      within: next.within || talk.within || [],
    };
    talk.turns = [...earlier, turn];
    talk.title = talk.title || turn.question.slice(0, 80);
    rag.store.save(talk);
    pending = { id: turn.id, talk: talk.id, started: performance.now() };
    if (!next.keepsBox) setBox("");
    notify("");
    setBusy(true);
    rag.listConversations();
    return { turn, turns: earlier, alone: Boolean(next.alone), settings: rag.namedSettings(choices) };
  }

  function finished(record) {
    const done = pending;
    if (!done) return;
    pending = null;
    const talk = rag.store.load(done.talk);
    const came = record && record.id === done.id;
    if (talk) {
      const asked = talk.turns.find((turn) => turn.id === done.id) || {};
      const failed = { ...asked, status: "failed", problem: "The server did not answer: ask again." };
      talk.turns = talk.turns.map((turn) => (turn.id === done.id ? { ...asked, ...(came ? record : failed) } : turn));
      rag.store.save(talk);
    }
    setBusy(false);
    rag.listConversations();
    if (!came) serverGone();
    const next = afterwards;
    afterwards = null;
    if (next) next();
    else soon(() => shown(true));
  }

  function serverGone() {
    const text = "The chat's server does not answer. It may have been stopped: start it again with: rag chat. Your question is kept in this browser and comes back with “Ask again” when the server does.";
    notify(text);
    document.querySelector('#rag-live .rag-turn[aria-busy="true"] .rag-steps')?.replaceChildren("Not answered: the server is gone.");
  }

  function stopping() {
    return pending ? pending.id : "";
  }

  // A conversation can be left while it is being answered: the answer is stopped and kept first.
  function whenFree(action) {
    if (!pending) return action();
    afterwards = action;
    click("rag-stop");
  }

  function opened() {
    const talk = rag.store.current();
    return { turns: talk.turns };
  }

  function soon(action) {
    requestAnimationFrame(() => requestAnimationFrame(action));
  }

  // After the page shows other turns than before: welcome, panel, votes, where it is scrolled to.
  function shown(answered) {
    const turns = document.querySelectorAll(".rag-turn");
    const last = turns[turns.length - 1];
    document.body.classList.toggle("rag-started", turns.length > 0 || Boolean(pending));
    if (last && last.querySelector(".rag-sources")) rag.showSources(last, { keepsOpen: answered });
    else rag.clearSources();
    rag.showVotes();
    rag.showScope();
    if (!answered && turns.length > 1) last.scrollIntoView({ block: "start" });
    if (last && answered) revealEnd(last);
    if (answered && (document.activeElement === document.body || document.activeElement?.id === "rag-stop")) box().focus();
  }

  // An answer that runs under the text box moves up, unless the reader has scrolled away from its question.
  function revealEnd(turn) {
    const { top, bottom } = turn.getBoundingClientRect();
    const foot = document.getElementById("rag-composer").getBoundingClientRect().top;
    if (bottom > foot && top > 20 && top < foot) turn.scrollIntoView({ block: "start", behavior: rag.behavior() });
  }

  function setBusy(busy) {
    document.body.classList.toggle("rag-busy", busy);
    if (busy) document.body.classList.add("rag-started");
  }

  function notify(text) {
    const place = document.getElementById("rag-notice");
    if (!place) return;
    place.textContent = text;
    place.hidden = !text;
  }

  function ask(next) {
    whenFree(() => {
      rag.next = next;
      click("rag-again");
    });
  }

  function askAgain(article, { alone = false } = {}) {
    const talk = rag.store.current();
    const turn = talk.turns.find((one) => one.id === article.dataset.turn);
    if (!turn) return;
    const isLast = talk.turns[talk.turns.length - 1].id === turn.id;
    ask({ question: turn.question, within: turn.within, replaces: isLast ? turn.id : null, keepsBox: true, alone });
  }

  setInterval(() => {
    if (!pending) return;
    const seconds = ((performance.now() - pending.started) / 1000).toFixed(1);
    document.body.style.setProperty("--rag-clock", `"${seconds} s"`);
  }, 100);

  // A server that has gone says nothing: while a question is out, ask whether it is there.
  let silent = 0;
  setInterval(async () => {
    const asked = pending;
    if (!asked) return;
    try {
      await fetch("alive", { cache: "no-store", signal: AbortSignal.timeout(4000) });
      silent = 0;
    } catch {
      silent += 1;
      if (silent >= 2 && pending === asked) finished(null);
    }
  }, 1500);

  // A turn moves to the top once, when it begins; from then on the reader alone scrolls. The first is there already.
  const begun = new MutationObserver(() => {
    const last = pending && document.querySelector("#rag-live .rag-turn");
    if (!last || last.dataset.turn !== pending.id || pending.seen) return;
    pending.seen = true;
    soon(() => {
      const turns = document.querySelectorAll(".rag-turn");
      if (turns.length > 1) turns[turns.length - 1].scrollIntoView({ block: "start", behavior: rag.behavior() });
    });
  });
  begun.observe(document.documentElement, { childList: true, subtree: true });

  Object.assign(rag, { request, finished, stopping, opened, shown: () => soon(() => shown(false)), ask, askAgain,
    whenFree, notify, isBusy: () => Boolean(pending), box, clickHidden: click, setBox });
})();

// Keeps an open page as it is now. Without it a page is whole, and a link looks again.
// What stands in [data-live] is taken from the same address anew; words that somebody may approve never are.
"use strict";
(() => {
  const page = document.body.dataset.live;
  if (!page || !window.EventSource) return;
  const EVERY_MS = 30000;
  let asked = false, under = false;

  const busy = (part) => {
    const chosen = getSelection();
    return part.contains(document.activeElement) || (chosen && !chosen.isCollapsed && part.contains(chosen.anchorNode));
  };

  const take = (part, fresh) => {
    if (part.innerHTML === fresh.innerHTML || busy(part)) return;
    const open = [...part.querySelectorAll("details")].map((one) => one.open);
    part.replaceChildren(...fresh.childNodes);
    part.querySelectorAll("details").forEach((one, at) => { one.open = open[at] ?? one.open; });
  };

  const look = async () => {
    asked = true;
    if (under || document.hidden) return;
    under = true;
    try {
      while (asked) {
        asked = false;
        const answer = await fetch(page, { headers: { Live: "1" }, redirect: "error" });
        if (!answer.ok) return;
        const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
        document.title = fresh.title;
        for (const part of document.querySelectorAll("[data-live][id]")) {
          const its = fresh.getElementById(part.id);
          if (its) take(part, its);
        }
      }
    } catch {
      asked = false; // The next event, or the next half minute, tries again.
    } finally {
      under = false;
    }
  };

  const says = (how) => {
    for (const one of document.querySelectorAll("[data-says]")) one.hidden = one.dataset.says !== how;
  };

  const news = new EventSource(`/live?at=${encodeURIComponent(location.pathname)}`);
  news.onopen = () => { says("live"); look(); };
  news.onmessage = look;
  news.addEventListener("ended", () => { news.close(); says("ended"); });
  news.onerror = () => says(news.readyState === EventSource.CLOSED ? "still" : "lost");
  document.addEventListener("visibilitychange", look);
  const clock = setInterval(() => (news.readyState === EventSource.CLOSED ? clearInterval(clock) : look()), EVERY_MS);
  addEventListener("pagehide", () => news.close());
})();

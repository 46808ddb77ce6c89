/* What a reader prefers, kept in this browser alone: paper, density, topics to follow, stories read, and which stories
   the front page had at the last visit. Every page reads the same without this script; it shows its controls only where it runs. */
(() => {
  "use strict";

  const KEY = "reader";
  const MOST_READ = 1000; // stories: some 15 kB, of the 5 MB that browsers grant
  const VISIT = 30 * 60 * 1000; // milliseconds without a look at the front page, after which a new visit begins
  const CHOICES = { theme: ["auto", "light", "dark"], density: ["roomy", "compact"] };
  const STORY = /\/story\/[^/]+-([a-z0-9]{12})\/$/;
  const root = document.documentElement;
  const kept = loaded();
  root.dataset.scripted = ""; // the style sheet keeps room for what scripts will show, so that nothing jumps

  function loaded() {
    let found = {};
    try {
      found = JSON.parse(localStorage.getItem(KEY)) || {};
    } catch {
      // no storage, or not ours: begin anew
    }
    return {
      theme: CHOICES.theme.includes(found.theme) ? found.theme : "auto",
      density: CHOICES.density.includes(found.density) ? found.density : "roomy",
      marks: found.marks !== false,
      topics: words(found.topics),
      read: words(found.read).slice(-MOST_READ),
      visit: visited(found.visit),
    };
  }

  function words(list) {
    return Array.isArray(list) ? list.filter((word) => typeof word === "string") : [];
  }

  function visited(found) {
    const { at, before, shown } = found ?? {};
    return { at: Number(at) || 0, before: words(before), shown: words(shown) };
  }

  function save() {
    try {
      localStorage.setItem(KEY, JSON.stringify(kept));
    } catch {
      // a private window: it holds for this page
    }
  }

  function dress() {
    for (const name of Object.keys(CHOICES)) {
      root.dataset[name] = kept[name];
    }
  }

  /* Marks the lines of topics that are followed and the headlines of stories that were read. */
  function mark() {
    const read = new Set(kept.marks ? kept.read : []);
    for (const line of document.querySelectorAll("[data-topics]")) {
      line.classList.toggle("mine", line.dataset.topics.split(" ").some((each) => kept.topics.includes(each)));
    }
    for (const link of document.querySelectorAll("main a[href*='story/']")) {
      const story = STORY.exec(link.pathname);
      link.classList.toggle("read", story !== null && read.has(story[1]));
    }
    for (const only of document.querySelectorAll("[data-only]")) {
      only.closest(".only").hidden = document.querySelector(".mine") === null && !only.checked;
    }
  }

  function noted() {
    const story = document.querySelector("[data-story]");
    if (story && kept.marks) {
      kept.read = [...kept.read.filter((each) => each !== story.dataset.story), story.dataset.story].slice(-MOST_READ);
      save();
    }
  }

  /* A short name of a story's link: its id, of one that leads to its source a hash of the address. */
  function nameOf(link) {
    const story = STORY.exec(link.pathname);
    let hash = 5381;
    for (const letter of story ? "" : link.href) {
      hash = (Math.imul(hash, 33) ^ letter.codePointAt(0)) >>> 0;
    }
    return story ? story[1] : hash.toString(36);
  }

  /* Marks on the front page what it did not show at the last visit and what was not read since. */
  function since() {
    const note = document.querySelector("[data-since]");
    if (!note || !kept.marks) {
      return;
    }
    const links = [...document.querySelectorAll(".front :is(h2, h3, .what) > a")];
    const visit = kept.visit;
    if (Date.now() - visit.at > VISIT) {
      visit.before = visit.shown;
      visit.shown = [];
    }
    visit.at = Date.now();
    const fresh = links.filter((link) => !visit.before.includes(nameOf(link)) && !kept.read.includes(nameOf(link)));
    if (visit.before.length && fresh.length) {
      note.hidden = false;
      note.textContent = fresh.length === 1 ? note.dataset.one : note.dataset.many.replace("#", fresh.length);
      for (const link of fresh) {
        const mark = document.createElement("span");
        mark.className = "new note";
        mark.textContent = ` ${note.dataset.new}`;
        link.after(mark);
      }
    }
    visit.shown = [...new Set([...visit.shown, ...links.map(nameOf)])].slice(-MOST_READ);
    save();
  }

  /* Arrows turn the pages of stories; no letters, which WCAG 2.1.4 wants to be switched off by choice. */
  function turned(event) {
    const rel = { ArrowLeft: "prev", ArrowRight: "next" }[event.key];
    const isUsed = event.defaultPrevented || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey;
    const isOwn = event.target.closest("input, select, textarea, .scroll") || root.scrollWidth > root.clientWidth;
    if (rel && !isUsed && !isOwn) {
      document.querySelector(`.turn [rel=${rel}]`)?.click();
    }
  }

  function changed(change) {
    change();
    save();
    dress();
    mark();
  }

  function chooses(input) {
    input.checked = kept[input.name] === input.value;
    input.addEventListener("change", () => changed(() => (kept[input.name] = input.value)));
  }

  function follows(input) {
    input.checked = kept.topics.includes(input.value);
    input.addEventListener("change", () =>
      changed(() => {
        kept.topics = kept.topics.filter((each) => each !== input.value);
        kept.topics.push(...(input.checked ? [input.value] : []));
      }),
    );
  }

  function controls() {
    const all = (selector) => document.querySelectorAll(selector);
    all("[data-reader] input[type=radio]").forEach(chooses);
    all("input[data-interest]").forEach(follows);
    for (const input of all("[data-marks]")) {
      input.checked = kept.marks;
      input.addEventListener("change", () => changed(() => (kept.marks = input.checked)));
    }
    for (const button of all("[data-forget]")) {
      button.addEventListener("click", () => changed(() => ((kept.read = []), (kept.visit = visited()))));
    }
    for (const only of all("[data-only]")) {
      only.addEventListener("change", () => root.classList.toggle("only-mine", only.checked));
    }
    all("[data-reader], .interest").forEach((each) => (each.hidden = false));
  }

  dress(); // before the page is drawn, so that no light one flashes up at night
  document.addEventListener("DOMContentLoaded", () => {
    controls();
    document.addEventListener("keydown", turned);
    noted();
    mark();
    since();
  });
})();

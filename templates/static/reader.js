/* What a reader prefers, kept in this browser alone: paper, density, topics to follow, stories read.
   Every page reads the same without this script; it shows its controls only where it runs. */
(() => {
  "use strict";

  const KEY = "reader";
  const MOST_READ = 1000; // stories: some 15 kB, of the 5 MB that browsers grant
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
    const words = (list) => (Array.isArray(list) ? list.filter((each) => typeof each === "string") : []);
    return {
      theme: CHOICES.theme.includes(found.theme) ? found.theme : "auto",
      density: CHOICES.density.includes(found.density) ? found.density : "roomy",
      marks: found.marks !== false,
      topics: words(found.topics),
      read: words(found.read).slice(-MOST_READ),
    };
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
      button.addEventListener("click", () => changed(() => (kept.read = [])));
    }
    for (const only of all("[data-only]")) {
      only.addEventListener("change", () => root.classList.toggle("only-mine", only.checked));
    }
    all("[data-reader], .interest").forEach((each) => (each.hidden = false));
  }

  dress(); // before the page is drawn, so that no light one flashes up at night
  document.addEventListener("DOMContentLoaded", () => {
    controls();
    noted();
    mark();
  });
})();

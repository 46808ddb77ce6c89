/* What a reader prefers, kept in this browser alone: paper, density, what they follow and mute, stories kept and read, and which
   stories the front page had at the last visit. Every page reads the same without this script; it shows its controls
   only where it runs. The page of what is followed and kept has a script more (following.js). */
(() => {
  "use strict";

  const KEY = "reader";
  const MOST_READ = 1000; // stories: some 15 kB, of the 5 MB that browsers grant
  const VISIT = 30 * 60 * 1000; // milliseconds without a look at the front page, after which a new visit begins
  const CHOICES = { theme: ["auto", "light", "dark"], density: ["roomy", "compact"] };
  const MOST_FOLLOWED = 200;
  const MOST_KEPT = 200;
  const MOST_LIFTED = 6; // stories in the front page's section of what is followed
  const FOLLOWED = /^(topic|role|entity)\/[a-z0-9][a-z0-9-]{0,99}$/; // the path of its page
  const MUTED = /^((topic|role|entity|source)\/[a-z0-9][a-z0-9-]{0,99}|word\/.{2,60})$/u; // the page of it, or a word
  const BESIDE = ".by, .kicker, .note:not(:has(a[dir])), .mark, .said, time"; // what a line has beside its headline and sentences
  const COPY = "kept"; // of kept stories, for when the site cannot be had
  const STORY = /\/story\/[^/]+-([a-z0-9]{12})\/$/;
  const root = document.documentElement;
  const kept = loaded();
  let holding = Promise.resolve();
  let asked = null; // the numeral that opened a passage last
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
      follows: following(found.follows ?? words(found.topics).map((key) => [`topic/${key}`, key])),
      mutes: following(found.mutes, MUTED),
      stories: stories(found.stories),
      read: words(found.read).slice(-MOST_READ),
      visit: visited(found.visit),
    };
  }

  function words(list) {
    return Array.isArray(list) ? list.filter((word) => typeof word === "string") : [];
  }

  /* The names of what is followed or muted, by the path of its page, of entries from anywhere. */
  function following(found, allowed = FOLLOWED) {
    const fits = ([path, name]) => allowed.test(path) && typeof name === "string" && name.length <= 100;
    return new Map((Array.isArray(found) ? found : []).filter((each) => Array.isArray(each) && fits(each)).slice(0, MOST_FOLLOWED));
  }

  /* Kept stories, of entries from anywhere. */
  function stories(found) {
    const fits = (each) => /^story\/[a-z0-9-]{1,200}\/$/.test(each?.path) && typeof each.title === "string";
    const text = (some, most) => String(some ?? "").slice(0, most);
    return (Array.isArray(found) ? found : []).filter(fits).slice(-MOST_KEPT).map((each) => ({
      path: each.path,
      title: text(each.title, 300),
      hook: text(each.hook, 600),
      day: text(each.day, 40),
    }));
  }

  function visited(found) {
    const { at, before, shown } = found ?? {};
    return { at: Number(at) || 0, before: words(before), shown: words(shown) };
  }

  function save() {
    try {
      localStorage.setItem(KEY, JSON.stringify({ ...kept, follows: [...kept.follows], mutes: [...kept.mutes] }));
    } catch {
      // a private window: it holds for this page
    }
  }

  function dress() {
    for (const name of Object.keys(CHOICES)) {
      root.dataset[name] = kept[name];
    }
  }

  /* The names of what is followed and a line is about. */
  function reasons(line) {
    return line.dataset.about.split(" ").flatMap((path) => kept.follows.get(path) ?? []);
  }

  /* Says beside a line why it is shown. */
  function explain(line, because, names) {
    const by = line.querySelector(".by");
    const note = line.querySelector(".because") ?? (by ?? line.querySelector(".what")).appendChild(document.createElement("span"));
    note.className = "because note";
    note.textContent = (by ? " · " : "") + because.replace("#", names.join(", "));
  }

  /* Finds why lines are muted, as a function of a line: by its topics, roles, names and the source it gives, and by words of
     its headline and sentences. */
  function muting() {
    const named = new Map([...kept.mutes].filter(([path]) => /^(word|entity)/.test(path)).map(([path, name]) => [folded(name), path]));
    const escaped = [...named.keys()].map((name) => name.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&"));
    const some = named.size ? new RegExp(`(?<![\\p{L}\\p{N}])(?=(${escaped.sort().reverse().join("|")})(?![\\p{L}\\p{N}]))`, "gu") : null;
    const sources = new Map([...kept.mutes].filter(([path]) => path.startsWith("source/")).map(([path, name]) => [name, path]));
    return (line) => {
      const found = [...line.dataset.about.split(" "), sources.get(line.dataset.from)];
      if (some) {
        const copy = line.cloneNode(true);
        copy.querySelectorAll(BESIDE).forEach((each) => each.remove());
        found.push(...[...folded(copy.textContent).matchAll(some)].map(([, name]) => named.get(name)));
      }
      return [...new Set(found)].filter((path) => kept.mutes.has(path));
    };
  }

  function folded(text) {
    return text.toLowerCase().replace(/\s+/g, " ").trim();
  }

  /* Folds muted lines into one that counts them, where they stand: opened, it shows them and offers to take the mute back. */
  function mute() {
    const why = muting();
    const lists = new Map();
    document.querySelectorAll("details.muted").forEach((each) => each.remove());
    for (const line of document.querySelectorAll("main [data-about]")) {
      const muted = line.closest(".following [data-because]") && !reasons(line).length ? [] : why(line);
      line.hidden = muted.length > 0;
      if (line.hidden) {
        lists.set(line.parentElement, [...(lists.get(line.parentElement) ?? []), [line, muted]]);
      }
    }
    for (const [list, muted] of lists) {
      const fold = document.createElement("details");
      fold.className = "muted note";
      fold.appendChild(document.createElement("summary")).textContent = texts().muted.replace("#", muted.length);
      for (const path of new Set(muted.flatMap(([, paths]) => paths))) {
        const button = fold.appendChild(document.createElement("button"));
        Object.assign(button, { type: "button", textContent: texts().unmute.replace("#", kept.mutes.get(path)) });
        button.addEventListener("click", () => {
          changed(() => kept.mutes.delete(path));
          muted[0][0].querySelector("a")?.focus();
        });
      }
      fold.addEventListener("toggle", () => muted.forEach(([line]) => (line.hidden = !fold.open)));
      list.matches("ul, ol, dl, p, dd") ? list.after(fold) : list.append(fold);
    }
  }

  function texts() {
    return document.getElementById("main").dataset;
  }

  /* Marks the lines of what is followed and the headlines of stories that were read. */
  function mark() {
    const read = new Set(kept.marks ? kept.read : []);
    for (const line of document.querySelectorAll("[data-about]")) {
      const names = reasons(line);
      line.classList.toggle("mine", names.length > 0);
      const explained = line.closest("[data-because]");
      if (explained && names.length) {
        explain(line, explained.dataset.because, names);
      }
    }
    for (const link of document.querySelectorAll("main a[href*='story/']")) {
      const story = STORY.exec(link.pathname);
      link.classList.toggle("read", story !== null && read.has(story[1]));
    }
    for (const input of document.querySelectorAll("[data-follow], [data-mute]")) {
      input.checked = kept.follows.has(input.dataset.follow) || kept.mutes.has(input.dataset.mute);
    }
    mute();
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
    const fresh = links.filter((link) => !link.closest("[hidden]") && !visit.before.includes(nameOf(link)) && !kept.read.includes(nameOf(link)));
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

  /* Puts recent stories on what is followed into a section of their own below the top stories, out of the latest ones. */
  async function lift() {
    const place = document.querySelector("[data-followed]");
    if (!place || !kept.follows.size || !location.protocol.startsWith("http")) {
      return;
    }
    const reply = await fetch(place.dataset.followed).catch(() => null);
    const page = new DOMParser().parseFromString(reply && reply.ok ? await reply.text() : "", "text/html");
    const base = new URL(place.dataset.followed, location);
    const why = muting();
    const shown = new Set([...document.querySelectorAll(".news a")].map((link) => link.href));
    for (const line of page.querySelectorAll("[data-about]")) {
      const link = line.querySelector("a");
      link.href = new URL(link.getAttribute("href"), base);
      if (place.querySelectorAll("li").length < MOST_LIFTED && reasons(line).length && !why(line).length && !shown.has(link.href)) {
        place.querySelector("ul").append(line);
        shown.add(link.href);
        place.hidden = false;
      }
    }
    for (const line of document.querySelectorAll(".latest li")) {
      if (shown.has(line.querySelector("a").href)) {
        const list = line.parentElement;
        line.remove();
        list.previousElementSibling.hidden = list.hidden = !list.children.length;
      }
    }
    mark();
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

  /* Adds the sentence whose passage is open to the link that reports an error, which ends with a place for it. */
  function reported(event) {
    const button = event.target.closest("[popovertarget]");
    asked = button ?? asked;
    const link = event.target.closest(".footnotes a:not([rel])");
    if (link && asked) {
      const sentence = asked.closest(".cited")?.querySelector(".claim")?.textContent ?? asked.textContent;
      link.href = document.querySelector("[data-report]").href + encodeURIComponent(sentence.trim());
    }
  }

  /* Scrolls so far that an opened passage is in view and below its numeral. */
  function shown(event) {
    if (event.newState === "open" && asked && event.target.matches(".footnotes [popover]")) {
      const [passage, numeral] = [event.target, asked].map((each) => each.getBoundingClientRect());
      scrollBy(0, Math.max(passage.bottom - innerHeight, numeral.bottom - passage.top, 0));
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
    const { follow, mute: muted, name } = input.dataset;
    const [ticked, path, allowed] = muted ? ["mutes", muted, MUTED] : ["follows", follow, FOLLOWED];
    input.addEventListener("change", () =>
      changed(() => {
        kept[ticked].delete(path);
        kept[ticked] = following([...kept[ticked], ...(input.checked ? [[path, name]] : [])], allowed);
      }),
    );
  }

  /* Makes a box keep a story, for the page that shows all kept ones and for when the site cannot be had. */
  function keeps(input, story) {
    input.checked = kept.stories.some((each) => each.path === story.path);
    input.addEventListener("change", () => {
      changed(() => {
        const others = kept.stories.filter((each) => each.path !== story.path);
        kept.stories = stories([...others, ...(input.checked ? [story] : [])]);
      });
      hold(story.path, input.checked);
    });
  }

  /* The story of this page. */
  function thisStory() {
    const text = (selector) => document.querySelector(selector)?.textContent.trim();
    const path = location.pathname.slice(home().pathname.length);
    return { path, title: text("h1"), hook: text(".opening .hook .claim"), day: text(".opening .labels time") };
  }

  function home() {
    return new URL(document.querySelector(".masthead .title a").href);
  }

  /* Keeps a copy of a page of the site with what it needs, or drops it, one after the other. */
  function hold(path, isKept) {
    holding = holding.then(() => held(path, isKept));
  }

  /* The worker is registered for kept pages alone. */
  async function held(path, isKept) {
    const at = new URL(path, home());
    const parts = [...document.querySelectorAll("link[rel=stylesheet], link[rel=icon], script[src]")];
    try {
      const copies = await caches.open(COPY);
      if (isKept) {
        await copies.addAll([at.href, ...parts.map((part) => part.href || part.src)]);
        await navigator.serviceWorker.register(new URL("worker.js", home()), { scope: at.href });
      } else {
        await copies.delete(at.href);
        const worker = await navigator.serviceWorker.getRegistration(at.href);
        await (worker?.scope === at.href && worker.unregister());
      }
    } catch {
      // no https, no connection or no room: its title and first sentence are kept all the same
    }
  }

  function controls() {
    const all = (selector) => document.querySelectorAll(selector);
    all("[data-reader] input[type=radio]").forEach(chooses);
    all("[data-follow], [data-mute]").forEach(follows);
    for (const input of all("[data-keep]")) {
      const story = thisStory();
      keeps(input, story);
      if (input.checked) {
        hold(story.path, true); // as it reads today, with its corrections
      }
    }
    for (const input of all("[data-marks]")) {
      input.checked = kept.marks;
      input.addEventListener("change", () => changed(() => (kept.marks = input.checked)));
    }
    for (const button of all("[data-forget]")) {
      button.addEventListener("click", () => changed(() => ((kept.read = []), (kept.visit = visited()))));
    }
    all("[data-reader]").forEach((each) => (each.hidden = false));
  }

  /* What was planned for a day that has passed since the page was made: whether it came to pass, the page cannot know.
     A site that stands still says itself which day it takes for today. */
  function dated() {
    const now = new Date();
    const today = root.dataset.today ?? [now.getFullYear(), now.getMonth() + 1, now.getDate()].map((part) => String(part).padStart(2, "0")).join("-");
    for (const row of document.querySelectorAll(".timeline .planned")) {
      const day = row.querySelector("time").dateTime; // of a month or a year, only so much
      if (day < today.slice(0, day.length)) {
        const label = row.querySelector("[data-past]");
        label.textContent = label.dataset.past;
        row.classList.remove("planned");
      }
    }
    for (const row of document.querySelectorAll("[data-by]")) {
      if (row.dataset.by < today.slice(0, row.dataset.by.length)) {
        row.querySelector(".mark[hidden]").hidden = false;
      }
    }
  }

  /* On paper an address ends before the words that a browser looks for in it. */
  function plain() {
    for (const link of document.querySelectorAll('.footnotes a[href*="#:~:"]')) link.dataset.url = link.href.split("#:~:")[0];
  }

  dress(); // before the page is drawn, so that no light one flashes up at night
  globalThis.reader = { kept, changed, following, MUTED, stories, follows, keeps, hold };
  document.addEventListener("DOMContentLoaded", async () => {
    controls();
    document.addEventListener("keydown", turned);
    document.addEventListener("click", reported);
    document.addEventListener("toggle", shown, true);
    addEventListener("beforeprint", plain);
    noted();
    dated();
    mark();
    await lift();
    since();
  });
})();

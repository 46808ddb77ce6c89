// The search of the site: reads the files that compose/search_volume.py describes, and nothing from anywhere else.
// Words are folded as compose/search_words.py folds them; a test holds the two together.
"use strict";

/* What the search says stands in its page, in the language of the site; places are filled in here. */
let sayings;
const say = (name, places = {}) => {
  sayings ??= JSON.parse(document.getElementById("search-say").textContent);
  return sayings[name].replace(/\{(\w+)\}/g, (_, place) => places[place]);
};
const number = (value, digits = 0) =>
  value.toLocaleString(document.documentElement.lang, { minimumFractionDigits: digits, maximumFractionDigits: digits });
const counted = (count) => (count === 1 ? say("one") : say("many", { count: number(count) }));

/* Words */

const MOST_LETTERS = 32;
const STOP_WORDS = new Set(
  "a an and are as at be by for from has have in into is it its of on or that the to was were will with".split(" "),
);
const UNSPACED = "\\u3005\\u3041-\\u3096\\u309d-\\u309f\\u30a1-\\u30fa\\u30fc-\\u30ff\\u3400-\\u4dbf\\u4e00-\\u9fff\\uf900-\\ufaff";
const SIGNS =
  "\\u0900-\\u0963\\u0966-\\u096f\\u0971-\\u0df3\\u0e01-\\u0e3a\\u0e40-\\u0e4e\\u0e50-\\u0e59\\u0e81-\\u0edf\\u0f18-\\u0f39" +
  "\\u0f3e-\\u0f84\\u1000-\\u1049\\u1050-\\u109f\\u1780-\\u17d3";
const ACCENTS =
  "\\u0300-\\u036f\\u0483-\\u0487\\u0591-\\u05bd\\u05bf\\u05c1\\u05c2\\u05c4\\u05c5\\u05c7\\u0610-\\u061a\\u064b-\\u065f\\u0670" +
  "\\u00ad\\u200b-\\u200d\\u2060\\ufeff";
const LETTER = `(?:(?![${UNSPACED}])[\\p{L}\\p{N}${SIGNS}])`;
const LEFT_OUT = new RegExp(`[${ACCENTS}]+`, "gu");
const POSSESSIVE = new RegExp(`['’‘]s(?!${LETTER})`, "gu");
const WORD = new RegExp(`[${UNSPACED}]+|${LETTER}+(?:\\.(?=[0-9])${LETTER}+)*`, "gu");
const SHOWN_WORD = new RegExp(`[${UNSPACED}]+|(?:${LETTER}[${ACCENTS}]*)+(?:\\.(?=[0-9])(?:${LETTER}[${ACCENTS}]*)+)*`, "gu");
const IS_UNSPACED = new RegExp(`^[${UNSPACED}]`, "u");

function withoutAccents(text) {
  const bare = text.normalize("NFKD").replace(LEFT_OUT, "");
  return bare.toLowerCase().normalize("NFKD").replace(LEFT_OUT, "").normalize("NFC").replaceAll("ς", "σ");
}

function pairs(word) {
  const letters = [...word];
  if (letters.length === 1 || !IS_UNSPACED.test(word)) return [word];
  return letters.slice(1).map((letter, at) => letters[at] + letter);
}

function words(text) {
  const found = withoutAccents(text).replace(POSSESSIVE, "").match(WORD) ?? [];
  return found.flatMap(pairs);
}

function termOf(word) {
  let folded = word;
  if (/^[a-z]{3,}s$/.test(word) && (/pus$/.test(word) || !/(ss|us|is|news)$/.test(word))) {
    folded = word.length > 4 && word.endsWith("ies") ? word.slice(0, -3) + "y" : word.slice(0, -1);
  }
  return [...folded].slice(0, MOST_LETTERS).join("");
}

/* The index */

const WANTED = 10;
const LEAST_TO_COMPLETE = 3; // letters of a word that may be the beginning of another
const MOST_COMPLETIONS = 40;
const COMPLETED = 0.5; // what a word that only begins so is worth
const MOST_WORDS = 12;
const REOPENED = 600_000; // milliseconds after which a page that stays open asks for newer stories

class Missing extends Error {}

class Shard {
  constructor(buffer) {
    this.bytes = new Uint8Array(buffer);
  }

  /* Calls `each` with the place of the postings of every term that begins with `wanted`, or that is it. */
  look(wanted, whole, each) {
    const goal = new TextEncoder().encode(wanted);
    const name = [];
    for (let at = 0; at < this.bytes.length; ) {
      let shared, own, stories;
      [shared, at] = this.count(at);
      [own, at] = this.count(at);
      name.length = shared;
      for (const end = at + own; at < end; at++) name.push(this.bytes[at]);
      [stories, at] = this.count(at);
      if (name.length >= goal.length && goal.every((byte, place) => name[place] === byte)) {
        if (!whole || name.length === goal.length) each(name.length, stories, at);
      }
      for (let left = stories; left; at++) left -= this.bytes[at] < 128;
      if (name[0] !== 35) at += stories;
    }
  }

  /* Calls `each` with the number of every story and what the term is worth in it. */
  read(stories, at, weighed, each) {
    let number = -1;
    const gaps = [];
    for (let left = stories, gap; left; left--) {
      [gap, at] = this.count(at);
      gaps.push(gap);
    }
    for (let place = 0; place < stories; place++) {
      number += gaps[place] + 1;
      each(number, weighed ? this.bytes[at + place] : 0);
    }
  }

  count(at) {
    let value = 0;
    for (let shift = 0; shift < 28; shift += 7) {
      const byte = this.bytes[at++];
      if (byte === undefined) throw new Missing("a shard ends early");
      value |= (byte & 127) << shift;
      if (byte < 128) return [value, at];
    }
    throw new Missing("a shard is damaged");
  }
}

class Index {
  /* `load` gives the Response for an address below `search/`; `fresh` says that a cache must not answer. */
  constructor(load) {
    this.load = load;
    this.loaded = new Map();
  }

  async open(fresh = false) {
    const response = await this.load("manifest.json", fresh);
    const manifest = await response.json();
    this.opened = performance.now();
    this.resultsPerFile = manifest.resultsPerFile;
    this.stories = 0;
    this.volumes = manifest.volumes.map(([name, stories, shards]) => {
      const volume = { name, stories, shards, base: this.stories };
      this.stories += stories;
      return volume;
    });
  }

  isOld() {
    return !this.volumes || (navigator.onLine && performance.now() - this.opened > REOPENED);
  }

  files() {
    return this.volumes.flatMap(({ name, stories, shards }) => [
      `volume/${name}/terms.json`,
      ...Array.from({ length: shards }, (_, number) => `volume/${name}/t${number}.bin`),
      ...Array.from({ length: Math.ceil(stories / this.resultsPerFile) }, (_, number) => `volume/${name}/r${number}.json`),
    ]);
  }

  part(path, read) {
    if (!this.loaded.has(path)) {
      const reading = this.load(path, false).then(read);
      this.loaded.set(path, reading);
      reading.catch(() => this.loaded.delete(path));
    }
    return this.loaded.get(path);
  }

  async shards(volume, term, whole) {
    const starts = await this.part(`volume/${volume.name}/terms.json`, (response) => response.json());
    const first = Math.max(0, starts.findLastIndex((start) => start <= term));
    const last = whole ? first : Math.max(first, starts.findLastIndex((start) => start <= term + "\uffff"));
    const numbers = Array.from({ length: Math.min(last, first + 2) - first + 1 }, (_, more) => first + more);
    return Promise.all(
      numbers.map((number) =>
        this.part(`volume/${volume.name}/t${number}.bin`, async (response) => new Shard(await response.arrayBuffer())),
      ),
    );
  }

  /* The postings of a term, or of all that begin with it, in every volume: {letters, stories, read}. */
  async postings(term, whole = true) {
    const found = await Promise.all(
      this.volumes.map(async (volume) => {
        const some = [];
        for (const shard of await this.shards(volume, term, whole)) {
          shard.look(term, whole, (letters, stories, at) => {
            const read = (each) =>
              shard.read(stories, at, term[0] !== "#", (number, worth) => each(volume.base + number, worth));
            some.push({ letters, stories, read });
          });
        }
        return some;
      }),
    );
    return found.flat();
  }

  worth(stories) {
    return Math.max(1e-6, Math.log((this.stories - stories + 0.5) / (stories + 0.5)));
  }

  /* The numbers of the stories that were asked for, the best first, and how they were found. */
  async find(query, labels, newestFirst) {
    const typed = words(query).slice(0, MOST_WORDS);
    const asked = [...new Set(typed.map(termOf))];
    const telling = asked.filter((term) => !STOP_WORDS.has(term));
    const allowed = await this.labelled(labels);
    const hits = new Uint8Array(this.stories);
    const scores = new Float32Array(this.stories);
    const exact = await Promise.all(telling.map((term) => this.postings(term)));
    for (const postings of exact) {
      const worth = this.worth(postings.reduce((sum, each) => sum + each.stories, 0));
      for (const { read } of postings) {
        read((number, weight) => {
          hits[number] += 1;
          scores[number] += worth * weight;
        });
      }
    }
    const is = (number, least) => hits[number] >= least && (!allowed || allowed[number] === labels.length);
    const count = (least) => hits.reduce((sum, _, number) => sum + is(number, least), 0);
    let whole = telling.length || labels.length ? count(telling.length) : 0;
    let begun = "";
    const last = typed.at(-1);
    const began = last && telling.at(-1) === termOf(last) && last.length >= LEAST_TO_COMPLETE && /[^\s.,;:!?"”]$/.test(query);
    if (whole < WANTED && began) {
      const before = whole;
      await this.complete(last, exact.at(-1), hits, scores);
      whole = count(telling.length);
      if (!before && whole) begun = last;
    }
    const least = telling.length > 1 && whole < WANTED ? 1 : telling.length;
    const numbers = [];
    for (let number = this.stories - 1; number >= 0; number--) {
      if ((telling.length || labels.length) && is(number, least)) numbers.push(number);
    }
    numbers.sort((one, other) => hits[other] - hits[one] || (newestFirst ? 0 : scores[other] - scores[one]) || other - one);
    return { numbers, whole, begun, terms: telling, unfinished: began ? last : "" };
  }

  /* Adds what begins with the last word, to stories that do not have the word itself. */
  async complete(beginning, exact, hits, scores) {
    const done = new Set();
    for (const { read } of exact) read((number) => done.add(number));
    const found = await this.postings(beginning, false);
    found.sort((one, other) => one.letters - other.letters || other.stories - one.stories);
    for (const { stories, read } of found.slice(0, MOST_COMPLETIONS * this.volumes.length)) {
      read((number, weight) => {
        if (done.has(number)) return;
        done.add(number);
        hits[number] += 1;
        scores[number] += COMPLETED * this.worth(stories) * weight;
      });
    }
  }

  async labelled(labels) {
    if (!labels.length) return null;
    const allowed = new Uint8Array(this.stories);
    for (const postings of await Promise.all(labels.map((label) => this.postings(`#${label}`)))) {
      for (const { read } of postings) read((number) => (allowed[number] += 1));
    }
    return allowed;
  }

  /* What is shown of a story: path, headline, language, hook, day, number of independent sources, 0 for a single source,
     1 for an announcement and one report. */
  async story(number) {
    const volume = this.volumes.findLast(({ base }) => base <= number);
    const place = number - volume.base;
    const file = Math.floor(place / this.resultsPerFile);
    const some = await this.part(`volume/${volume.name}/r${file}.json`, (response) => response.json());
    const [path, headline, lang, hook, day, origins] = some[place % this.resultsPerFile];
    return { path, headline, lang, hook, day, origins };
  }
}

/* The page */

const COPY = "search-index";
const AT_ONCE = 12; // files asked for together

/* A file of the search: from the copy on the device where its name tells its content, else from the site, else from the copy. */
async function load(path, fresh) {
  const address = new URL(path, location.href.split(/[?#]/)[0]).href;
  const named = path.startsWith("volume/");
  const copy = await copied();
  const kept = copy && (await copy.match(address));
  if (kept && named) return kept;
  try {
    const response = await fetch(address, { cache: named ? "default" : fresh ? "reload" : "no-cache" });
    if (response.ok) return response;
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
  }
  if (kept) return kept;
  throw new Missing(path);
}

async function copied() {
  return "caches" in globalThis && (await caches.has(COPY)) ? caches.open(COPY) : null;
}

class Page {
  constructor() {
    this.form = document.getElementById("search-form");
    this.input = document.getElementById("search-words");
    this.status = document.getElementById("search-status");
    this.list = document.getElementById("search-results");
    this.more = document.getElementById("search-more");
    this.keeper = document.getElementById("search-keep");
    this.kept = document.getElementById("search-kept");
    this.choices = [...this.form.querySelectorAll("select")];
    this.index = new Index(load);
    this.turn = 0;
  }

  start() {
    const asked = new URLSearchParams(location.search);
    this.input.value = asked.get("q") ?? "";
    for (const choice of this.choices) {
      choice.value = asked.get(choice.name) ?? "";
      if (choice.selectedIndex < 0) choice.value = "";
    }
    this.form.hidden = false;
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.search();
    });
    this.input.addEventListener("input", () => {
      clearTimeout(this.waiting);
      this.waiting = setTimeout(() => this.search(), 350); // a pause in typing: each search may load some files
    });
    for (const choice of this.choices) choice.addEventListener("change", () => this.search());
    this.more.addEventListener("click", () => this.show(this.turn, true));
    this.form.addEventListener("reset", () => setTimeout(() => (this.search(), this.input.focus())));
    document.addEventListener("keydown", (event) => this.key(event));
    this.offer().then((has) => has && navigator.onLine && this.keep(true));
    if (this.input.value || this.labels().length) this.search();
  }

  labels() {
    return this.choices.filter(({ name, value }) => name !== "order" && value).map(({ name, value }) => `${name}:${value}`);
  }

  async search() {
    clearTimeout(this.waiting);
    const turn = ++this.turn;
    const query = this.input.value.slice(0, 200).trimStart();
    const labels = this.labels();
    this.remember(query.trim());
    if (!query.trim() && !labels.length) return this.empty("");
    this.list.setAttribute("aria-busy", "true");
    const slow = setTimeout(() => turn === this.turn && (this.status.textContent = say("searching")), 400);
    try {
      const found = await this.found(query, labels);
      if (turn !== this.turn) return;
      this.result = { ...found, shown: 0 };
      this.list.replaceChildren();
      this.tell(found, labels);
      await this.show(turn, false);
    } catch (error) {
      if (turn === this.turn) this.empty(navigator.onLine ? say("broken") : say("offline"), true);
      if (!(error instanceof Missing)) throw error;
    } finally {
      clearTimeout(slow);
      if (turn === this.turn) this.list.removeAttribute("aria-busy");
    }
  }

  /* A file that is gone means that the site was published anew meanwhile: the manifest is read again, once. */
  async found(query, labels) {
    const newestFirst = this.form.elements.order.value === "newest";
    for (const again of [false, true]) {
      try {
        if (again || this.index.isOld()) await this.index.open(again);
        const found = await this.index.find(query, labels, newestFirst);
        await Promise.all(found.numbers.slice(0, WANTED).map((number) => this.index.story(number)));
        return found;
      } catch (error) {
        if (again || !(error instanceof Missing)) throw error;
      }
    }
  }

  tell({ numbers, whole, begun, terms }, labels) {
    const text = !numbers.length
      ? say(terms.length || !labels.length ? "none" : "none-so")
      : begun ? say("begun", { stories: counted(whole), word: begun }) : this.told(whole, numbers.length, terms.length);
    this.say(text, false);
  }

  told(whole, all, words) {
    if (!whole) return say("partly", { stories: counted(all) });
    if (!words) return counted(whole);
    return say(words === 1 ? "this" : all > whole ? "all-then-some" : "all", { stories: counted(whole) });
  }

  async show(turn, further) {
    const { numbers, shown } = this.result;
    const stories = await Promise.all(numbers.slice(shown, shown + WANTED).map((number) => this.index.story(number)));
    if (turn !== this.turn) return;
    const items = stories.map((story) => this.item(story));
    this.list.append(...items);
    this.result.shown += items.length;
    this.more.hidden = this.result.shown >= numbers.length;
    if (further) items[0]?.querySelector("a").focus();
  }

  item({ path, headline, lang, hook, day, origins }) {
    const outside = /^https?:/.test(path);
    const to = outside ? { href: path, class: "outside", rel: "noopener external" } : { href: `../${path}` };
    const link = element("a", this.marked(headline), { ...to, dir: "auto", ...(lang && { lang }) });
    const parts = [element("h2", [link])];
    if (hook) parts.push(element("p", this.marked(hook), { dir: "auto", class: "piece" }));
    const [year, month, date] = day.split("-").map(Number);
    const written = say("day", { day: date, month: say("months").split(" ")[month - 1], year });
    const from = say(["single", "announced"][origins] ?? "origins", { count: number(origins) });
    parts.push(element("p", [element("time", [written], { datetime: day }), ` · ${from}`], { class: "kicker" }));
    return element("li", parts);
  }

  /* A text as nodes, the words that were looked for within <mark>. Text nodes only: whatever stands in it stays text. */
  marked(text) {
    const { terms, unfinished } = this.result;
    const nodes = [];
    let done = 0;
    for (const { 0: word, index } of text.matchAll(SHOWN_WORD)) {
      if (IS_UNSPACED.test(word)) {
        for (let at = 0; at + 1 < word.length; at++) {
          if (!terms.includes(words(word.slice(at, at + 2))[0])) continue;
          nodes.push(text.slice(done, Math.max(done, index + at)), element("mark", [text.slice(Math.max(done, index + at), index + at + 2)]));
          done = index + at + 2;
        }
      } else if (words(word).some((each) => terms.includes(termOf(each)) || (unfinished && each.startsWith(unfinished)))) {
        nodes.push(text.slice(done, index), element("mark", [word]));
        done = index + word.length;
      }
    }
    return [...nodes, text.slice(done)];
  }

  empty(text, bad = false) {
    this.list.replaceChildren();
    this.list.removeAttribute("aria-busy");
    this.more.hidden = true;
    this.say(text, bad);
  }

  say(text, bad) {
    this.status.textContent = text;
    this.status.classList.toggle("warning", bad);
  }

  remember(query) {
    const asked = new URLSearchParams();
    if (query) asked.set("q", query);
    for (const { name, value } of this.choices) if (value) asked.set(name, value);
    const text = asked.toString();
    history.replaceState(null, "", text ? `?${text}` : location.pathname);
  }

  /* `/` leads to the field, the arrows along the results, Escape back. */
  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const typing = /^(INPUT|SELECT|TEXTAREA)$/.test(document.activeElement.tagName);
    const links = [...this.list.querySelectorAll("a")];
    const at = links.indexOf(document.activeElement);
    if (event.key === "/" && !typing) this.input.select();
    else if (event.key === "Escape" && at >= 0) this.input.select();
    else if (event.key === "ArrowDown" && (at >= 0 || document.activeElement === this.input)) links[at + 1]?.focus();
    else if (event.key === "ArrowUp" && at >= 0) (links[at - 1] ?? this.input).focus();
    else return;
    event.preventDefault();
  }

  /* The copy on the device: kept when the reader asks for it, brought up to date at later visits. */
  async offer() {
    if (!("caches" in globalThis) || !navigator.serviceWorker) return;
    const has = Boolean(await copied());
    this.keeper.textContent = say(has ? "drop" : "keep");
    this.keeper.hidden = false;
    this.keeper.onclick = () => (has ? this.drop() : this.keep(false));
    return has;
  }

  async keep(silently) {
    this.keeper.disabled = true;
    try {
      await this.index.open();
      const base = location.href.split(/[?#]/)[0];
      const parts = [...document.querySelectorAll("link[rel=stylesheet], link[rel=icon], script[src]")];
      const fixed = [base, new URL("manifest.json", base).href, ...parts.map((part) => part.href || part.src)];
      const named = this.index.files().map((path) => new URL(path, base).href);
      const bytes = await copy(fixed, named, (done, all) => silently || (this.kept.textContent = say("keeping", { done, all })));
      await navigator.serviceWorker.register("../worker.js", { scope: "./" });
      this.kept.textContent = say("kept", { size: number(bytes / 1e6, 1) });
    } catch (error) {
      if (!silently) await caches.delete(COPY);
      this.kept.textContent = silently ? "" : say("not-kept");
      if (!(error instanceof TypeError || error instanceof Missing || error instanceof DOMException)) throw error;
    } finally {
      this.keeper.disabled = false;
      await this.offer();
    }
  }

  async drop() {
    await caches.delete(COPY);
    const own = await navigator.serviceWorker.getRegistration();
    await own?.unregister();
    this.kept.textContent = say("dropped");
    await this.offer();
  }
}

/* Puts files into the copy, those under a name of their content only where they are not in it, and takes out all others. */
async function copy(fixed, named, tell) {
  const store = await caches.open(COPY);
  const wanted = new Set([...fixed, ...named]);
  const there = new Set();
  for (const { url } of await store.keys()) {
    if (wanted.has(url)) there.add(url);
    else await store.delete(url);
  }
  const missing = [...fixed, ...named.filter((address) => !there.has(address))];
  for (let at = 0; at < missing.length; at += AT_ONCE) {
    await store.addAll(missing.slice(at, at + AT_ONCE).map((address) => new Request(address, { cache: "no-cache" })));
    tell(Math.min(at + AT_ONCE, missing.length), missing.length);
  }
  let bytes = 0;
  for (const address of wanted) bytes += (await (await store.match(address)).blob()).size;
  return bytes;
}

function element(name, children, attributes = {}) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

if (typeof document !== "undefined") addEventListener("DOMContentLoaded", () => new Page().start());

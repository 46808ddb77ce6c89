/* The page of what is followed and kept: shows it, writes it to a file and reads it from one, and takes it to and from
   the choices of an email subscription. What comes from a file or an address is checked by reader.js, and nothing of an
   address is followed before its reader says so. */
(() => {
  "use strict";

  const { kept, changed, following, MUTED, stories, follows, keeps, hold } = globalThis.reader;
  const FORMAT = "followed-and-kept-1";
  const MOST_BYTES = 1_000_000; // 200 kept stories are some 200 kB
  const MOST_SENT = 100; // followed, in one address
  const TOKEN = /^[\w.~-]{10,400}$/;
  const find = (id) => document.getElementById(id);
  const made = (id) => find(id).content.firstElementChild.cloneNode(true);

  function show() {
    find("follows").replaceChildren(...[...kept.follows].sort(byName).map(ticked("follow")));
    find("mutes").replaceChildren(...[...kept.mutes].sort(byName).map(ticked("mute")));
    find("kept").replaceChildren(...kept.stories.toReversed().map(keptStory));
  }

  function byName([, one], [, other]) {
    return one.localeCompare(other);
  }

  /* The item of what is followed or muted; a word has no page. */
  function ticked(kind) {
    return ([path, name]) => {
      const item = made(kind);
      const [link, input] = item.querySelectorAll("a, input");
      Object.assign(link, path.startsWith("word/") ? {} : { href: `../${path}/` }, { textContent: name });
      item.querySelector(".hidden").textContent = ` ${name}`;
      Object.assign(input.dataset, { [kind]: path, name });
      input.checked = true;
      follows(input);
      return item;
    };
  }

  function muteWord(event) {
    event.preventDefault(); // the page has no server
    const name = find("word").value.replace(/\s+/g, " ").trim();
    changed(() => (kept.mutes = following([...kept.mutes, [`word/${name.toLowerCase()}`, name]], MUTED)));
    find("word").value = "";
    show();
  }

  function keptStory(story) {
    const item = made("keep");
    Object.assign(item.querySelector("a"), { href: `../${story.path}`, textContent: story.title });
    item.querySelector(".kicker").textContent = story.day;
    item.querySelector(".hook-line").textContent = story.hook;
    keeps(item.querySelector("input"), story);
    return item;
  }

  function save() {
    const text = JSON.stringify({ format: FORMAT, follows: [...kept.follows], mutes: [...kept.mutes], stories: kept.stories }, null, 2);
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([text], { type: "application/json" }));
    link.download = "following.json";
    link.click();
    URL.revokeObjectURL(link.href);
  }

  async function open() {
    const [file] = find("open").files;
    const note = find("opened");
    try {
      const read = JSON.parse(file.size > MOST_BYTES ? "" : await file.text());
      if (read.format !== FORMAT) {
        throw new SyntaxError("not a file of this page");
      }
      const added = add(read.follows, read.stories, read.mutes);
      note.textContent = ["follows", "stories", "mutes"].reduce((text, key, at) => text.replace(`{${key}}`, added[at]), note.dataset.done);
      complete();
    } catch {
      note.textContent = note.dataset.bad;
    }
    find("open").value = "";
  }

  /* Adds what is not followed, kept or muted yet; returns how many of each are new. */
  function add(someFollows, someStories, someMutes) {
    const before = [kept.follows.size, kept.mutes.size];
    const known = new Set(kept.stories.map((story) => story.path));
    const new_ = stories(someStories).filter((story) => !known.has(story.path));
    changed(() => {
      kept.follows = following([...kept.follows, ...following(someFollows)]);
      kept.stories = stories([...kept.stories, ...new_]);
      kept.mutes = following([...kept.mutes, ...following(someMutes, MUTED)], MUTED);
    });
    show();
    return [kept.follows.size - before[0], new_.length, kept.mutes.size - before[1]];
  }

  /* What the address brings: `#mail=` a subscriber's token, or followed paths with their names. */
  function arrive() {
    const asked = new URLSearchParams(location.hash.slice(1));
    if (!location.hash.includes("=")) {
      return; // a place on the page
    }
    history.replaceState(null, "", location.pathname); // the token is no part of what is bookmarked or shared
    const preferences = find("to-mail").dataset.preferences;
    const token = asked.get("mail");
    if (token && TOKEN.test(token) && preferences && kept.follows.size) {
      const chosen = new URLSearchParams([...kept.follows].slice(0, MOST_SENT).map((each) => ["follow", each.join(" ")]));
      find("send").href = `${preferences}${token}?${chosen}`;
      find("to-mail").hidden = false;
    }
    const offered = following([...asked]);
    if (offered.size) {
      find("from-mail-names").textContent = [...offered.values()].join(", ");
      find("from-mail").hidden = false;
      find("take").addEventListener("click", () => {
        add([...offered], []);
        find("from-mail").hidden = true;
        find("follows-title").focus();
      });
    }
  }

  /* Copies kept stories that have no worker: of a file, or of a page that was left while it was copied. */
  async function complete() {
    const there = new Set((await navigator.serviceWorker?.getRegistrations())?.map((worker) => worker.scope));
    for (const { path } of kept.stories) {
      if (!there.has(new URL(`../${path}`, location).href)) {
        hold(path, true);
      }
    }
  }

  show();
  find("save").addEventListener("click", save);
  find("open").addEventListener("change", open);
  find("mute-word").addEventListener("submit", muteWord);
  addEventListener("hashchange", arrive);
  addEventListener("DOMContentLoaded", () => {
    arrive();
    hold("following/", kept.stories.length > 0);
    complete();
  });
})();

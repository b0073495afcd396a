// Finds institutions and rules by the words of their names. `names.js` holds them: [name, what it is, page, further names].
// The key / leads to the field, arrows through what is found, Escape empties it; `?q=words` in the address searches at once.
"use strict";
(() => {
  const most = 12;
  const plain = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  const box = document.getElementById("search");
  const field = document.getElementById("query");
  const list = document.getElementById("found");
  const told = document.getElementById("found-count");
  const home = document.body.dataset.home;
  const names = globalThis.egovNames.map(([name, kind, page, more]) => ({
    name, kind, page, text: plain(`${name} ${more}`),
  }));

  const rank = (entry, words) => {
    let sum = 0;
    for (const word of words) {
      if (!entry.text.includes(word)) return Infinity;
      const starts = entry.text.startsWith(word) || entry.text.includes(` ${word}`);
      sum += starts ? 0 : 1;
    }
    return sum;
  };

  const linked = (entry) => {
    const item = document.createElement("li");
    const link = document.createElement("a");
    const kind = document.createElement("span");
    link.href = home + entry.page;
    link.textContent = entry.name;
    kind.className = "soft";
    kind.textContent = ` ${entry.kind}`;
    link.append(kind);
    item.append(link);
    return item;
  };

  const find = () => {
    const words = plain(field.value).split(/\s+/u).filter(Boolean);
    const found = words.length === 0 ? [] : names
      .map((entry) => [rank(entry, words), entry])
      .filter(([score]) => score !== Infinity)
      .sort(([one], [other]) => one - other)
      .map(([, entry]) => entry);
    list.replaceChildren(...found.slice(0, most).map(linked));
    told.textContent = words.length === 0 ? ""
      : found.length === 0 ? box.dataset.none : `${box.dataset.found} ${found.length}`;
    if (told.textContent !== "") {
      const item = document.createElement("li");
      item.className = "soft";
      item.textContent = told.textContent;
      list.append(item);
    }
    list.hidden = words.length === 0;
    field.setAttribute("aria-invalid", String(words.length > 0 && found.length === 0));
  };

  const move = (event) => {
    const links = [...list.querySelectorAll("a")];
    const at = links.indexOf(document.activeElement);
    if (event.key === "Escape") {
      field.value = "";
      find();
      field.focus();
    } else if (event.key === "ArrowDown" && at < links.length - 1) {
      links[at + 1].focus();
    } else if (event.key === "ArrowUp" && at >= 0) {
      (at === 0 ? field : links[at - 1]).focus();
    } else if (event.key === "Enter" && document.activeElement === field && links.length > 0) {
      links[0].click();
    } else {
      return;
    }
    event.preventDefault();
  };

  box.hidden = false;
  field.addEventListener("input", find);
  box.addEventListener("keydown", move);
  document.addEventListener("keydown", (event) => {
    const inField = event.target instanceof HTMLInputElement;
    if (event.key === "/" && !inField && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      field.focus();
    }
  });
  document.addEventListener("click", (event) => {
    if (!box.contains(event.target)) list.hidden = true;
  });
  field.addEventListener("focus", find);
  const asked = new URLSearchParams(location.search).get("q");
  if (asked) {
    field.value = asked;
    find();
  }
})();

// The board: takes whole snapshots from the stream, asks for them when the stream is cut or swallowed, and says how
// old they are. Draws nothing by itself but times, the plot and the sizes of a wall screen.
"use strict";
(() => {
  const OLD = 5000; // milliseconds without news after which a picture is old
  const ASK = 2000; // between two questions without a stream
  const root = document.documentElement;
  const board = document.getElementById("board");
  const news = document.getElementById("news");
  const asOf = document.getElementById("as-of");
  const state = document.getElementById("state");
  const answer = document.getElementById("answer");
  const language = "lang=" + root.lang;
  let number = null; // of the picture that stands
  let station = null; // that drew it: each counts from 1
  let at = 0; // the station's last look, by the bench's clock, in seconds
  let fresh = performance.now(); // when the last look was heard of, by ours
  let heard = performance.now(); // when the stream last spoke
  let over = false;
  let asking = false;
  let stream = null;

  // The key of who may speak: from behind # in the address, which no server sees, into this tab alone.
  const found = /key=([\w-]+)/.exec(location.hash);
  if (found) {
    sessionStorage.setItem("provision-key", found[1]);
    history.replaceState(null, "", location.pathname + location.search);
  }
  const key = sessionStorage.getItem("provision-key") || "";
  const tellKey = (may) => root.classList.add(may ? "may-speak" : "may-read");
  fetch("key", { headers: { "X-Provision-Key": key } })
    .then((got) => got.json())
    .then((may) => tellKey(may.speak))
    .catch(() => tellKey(false));
  document.body.addEventListener("htmx:configRequest", (event) => {
    event.detail.headers["X-Provision-Key"] = key;
  });
  let patience = null; // a tablet that blinks is answered for when it is done
  document.body.addEventListener("htmx:beforeRequest", () => {
    answer.textContent = "";
    answer.classList.remove("refused");
    clearTimeout(patience);
    patience = setTimeout(() => { answer.textContent = board.dataset.wait; }, 1000);
  });
  document.body.addEventListener("htmx:afterRequest", (event) => {
    clearTimeout(patience);
    const got = event.detail.xhr;
    let text = "";
    try { text = JSON.parse(got.responseText).text; } catch (error) { /* no word of the desk */ }
    const other = got.status === 0 || got.status >= 500 ? "gone" : got.status === 403 ? "denied" : "wait";
    answer.textContent = text || board.dataset[other];
    answer.classList.toggle("refused", got.status !== 200);
  });

  const pad = (value) => String(value).padStart(2, "0");
  const span = (seconds) => {
    const whole = Math.max(0, Math.floor(seconds));
    const hours = Math.floor(whole / 3600);
    const minutes = Math.floor(whole / 60) % 60;
    const parts = hours ? [hours, "h", pad(minutes), "min"] : [...(minutes ? [minutes, "min"] : []), whole % 60, "s"];
    return parts.join("\u00a0");
  };
  const tellTimes = () => {
    const now = at + (performance.now() - fresh) / 1000;
    for (const each of board.querySelectorAll("time[data-at]")) {
      const text = span(now - Number(each.dataset.at));
      const told = each.dataset.told ? board.dataset[each.dataset.told].replace("{time}", text) : text;
      if (each.textContent !== told) each.textContent = told;
    }
  };

  const hear = (beat) => {
    if (beat.at !== at) { // another look, if by a clock that was set back
      at = beat.at;
      fresh = performance.now();
      asOf.textContent = board.dataset.asOf.replace("{time}", beat.as_of);
    }
    judge();
  };
  const show = (picture) => {
    if (picture.number !== number || picture.station !== station) {
      number = picture.number;
      station = picture.station;
      const keep = (name) => name !== "open";
      Idiomorph.morph(board, picture.board, { morphStyle: "innerHTML", ignoreActiveValue: true, callbacks: { beforeAttributeUpdated: keep } });
      htmx.process(board);
      root.dataset.number = number;
    }
    startAll(picture.ready, picture.ready_which);
    hear(picture);
    if (plotted !== picture.plots) plot(picture.plots);
    tellTimes();
    fitWall();
  };

  // The word to start all is one while somebody waits for it; else the page says why it is not.
  const startAll = (ready, which) => {
    const button = document.getElementById("start-all");
    const why = document.getElementById("start-none");
    if (!button || !why) return;
    button.disabled = !ready;
    document.getElementById("start-which").textContent = ready ? " · " + which : "";
    why.hidden = Boolean(ready);
  };

  // Live, asking, old, or over: in words, and grey where the picture cannot be trusted.
  const judge = () => {
    const isOld = performance.now() - fresh > OLD;
    const name = over ? "over" : isOld ? "old" : asking ? "asking" : "live";
    if (news.dataset.now !== name) {
      news.dataset.now = name;
      state.textContent = news.dataset[name];
      root.classList.toggle("old", isOld || over);
    }
  };

  const listen = () => {
    if (stream) stream.close();
    stream = new EventSource("events?" + language);
    const take = (use) => (event) => {
      heard = performance.now();
      asking = false;
      over = false;
      use(JSON.parse(event.data));
    };
    stream.addEventListener("snapshot", take(show));
    stream.addEventListener("beat", take(hear));
    stream.addEventListener("end", take(() => { over = true; stream.close(); judge(); }));
  };
  const ask = async () => {
    asking = true;
    try {
      const got = await fetch("snapshot?picture=1&" + language, { cache: "no-store" });
      if (got.ok && asking) show(await got.json());
      if (got.status === 403) location.reload(); // the bench has another key: the door asks for it
    } catch (error) { /* the bench is away: the picture grows old */ }
    judge();
  };
  let tries = 0;
  setInterval(() => { if (plotted && !over) plot(plotted); }, 20000);
  setInterval(() => {
    tellTimes();
    judge();
    const silent = performance.now() - heard;
    if (silent > OLD || over) {
      tries += 1;
      if (tries % (ASK / 1000) === 0 && !over) ask();
      if (tries % 10 === 0) listen(); // EventSource gives up on an error answer; a restarted station is found again
    } else {
      tries = 0;
    }
  }, 1000);
  window.addEventListener("online", listen);

  // Runs over time, as steps, up to the last look: a bench that stands still shows it.
  let chart = null;
  let plotted = null;
  const plot = (told) => {
    plotted = told;
    const section = document.querySelector(".plots");
    section.hidden = told.times.length < 2 || root.classList.contains("wall");
    if (section.hidden) return;
    const holder = document.getElementById("plot");
    const on = (list) => [...list, list[list.length - 1]];
    const data = [[...told.times, Math.max(at, told.times[told.times.length - 1])], on(told.done), on(told.others)];
    const rem = parseFloat(getComputedStyle(root).fontSize); // larger on a larger screen
    const width = Math.max(280, Math.min(holder.clientWidth || 600, 56 * rem));
    const font = 0.75 * rem + "px " + getComputedStyle(document.body).fontFamily;
    if (chart && chart.width === width) { chart.setData(data); return; }
    if (chart) chart.destroy();
    const steps = uPlot.paths.stepped({ align: 1 });
    const line = (label, colour, dash) => ({ label, stroke: colour, width: 3, dash, paths: steps, points: { show: data[0].length < 30 } });
    const whole = (_self, splits) => splits.map((value) => (Number.isInteger(value) ? value : ""));
    chart = new uPlot({
      width,
      height: 14 * rem,
      cursor: { show: false },
      legend: { live: false },
      series: [{}, line(told.words.done, "#009e73"), line(told.words.others, "#000", [6, 6])],
      axes: [{ values: "{HH}:{mm}", font, size: 3 * rem }, { values: whole, font, size: 3 * rem }],
    }, data, holder);
  };

  // A wall screen: capital letters of 19 mm at 3 m, in proportion at other distances. One CSS pixel is 1/96 inch, as
  // CSS says, unless ?screen= tells how many millimetres wide the whole screen is.
  const MILLIMETRES = 19 / 3;
  const SLIM = 22; // letter sizes: on fewer, what to do stands below its look
  let smallest = 0; // font size in CSS pixels whose capital letters are as large as the distance asks for
  const reaches = () => board.getBoundingClientRect().bottom + scrollY > innerHeight;
  const fitWall = () => {
    if (!smallest) return;
    const items = [...board.querySelectorAll(".todo > li")];
    const parts = [...board.querySelectorAll(".headline > .part")];
    const more = document.getElementById("more");
    for (const each of [...items, ...parts]) each.hidden = false;
    root.classList.remove("tight", "brief", "narrow", "least");
    if (more) more.hidden = true;
    for (let times = 2; times > 0.95; times -= 0.1) { // larger where there is room, never smaller
      root.style.fontSize = smallest * Math.max(times, 1) + "px";
      if (!reaches()) return;
    }
    root.classList.add("tight"); // the slots by their looks
    if (!reaches()) return;
    root.classList.add("brief"); // a slot's number is enough to find it
    if (!reaches()) return;
    root.classList.add("narrow"); // what to do names its slots itself
    for (let left = 1; more && left < items.length && reaches(); left += 1) {
      items[items.length - left].hidden = true;
      const labels = items.slice(items.length - left).map((each) => each.dataset.labels).filter(Boolean);
      more.hidden = false;
      more.textContent = "+" + left + " · " + labels.join(", ");
      if (left === items.length - 1 && reaches()) more.textContent = "+" + left;
    }
    if (reaches()) root.classList.add("least"); // the training mark stays
    for (const each of parts.reverse()) { // and how many things there are to do
      if (reaches() && !each.classList.contains("hands")) each.hidden = true;
    }
    if (more && reaches()) more.hidden = true; // the headline counts what there is to do
  };
  const measureWall = () => {
    const metres = Number(root.dataset.wall);
    if (!metres) return;
    const width = Number(new URLSearchParams(location.search).get("screen"));
    const pixel = width > 0 ? width / screen.width : 25.4 / 96;
    const pen = document.createElement("canvas").getContext("2d");
    pen.font = "100px " + getComputedStyle(document.body).fontFamily;
    const share = pen.measureText("H").actualBoundingBoxAscent / 100;
    smallest = Math.ceil((MILLIMETRES * metres) / pixel) / share; // letters are drawn in whole pixels
    root.classList.toggle("slim", innerWidth < SLIM * smallest);
    fitWall();
  };
  window.addEventListener("resize", () => { measureWall(); });
  measureWall();
  listen();
})();

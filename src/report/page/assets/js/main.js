// What is chosen, and what is drawn from it.

const state = {
  period: codes.period.length - 1,
  weights: new Map(modelWeights),
  scores: computeScores(modelWeights),
  compared: [],
  country: null,
  rankingRows: PAGE,
  heatAll: false,
  open: null,
};

function drawViews() {
  drawRanking();
  drawHeat();
  drawComparison();
  drawCountry();
  drawTimes();
  drawOpen();
}

/** Everything, in the language chosen. */
function drawAll() {
  document.documentElement.lang = language;
  for (const element of document.querySelectorAll("[data-t]")) element.textContent = t(element.dataset.t);
  for (const element of document.querySelectorAll("[data-t-label]")) {
    element.setAttribute("aria-label", t(element.dataset.tLabel));
  }
  document.title = t("title");
  drawMade();
  options(byId("period"), codes.period.map((code, at) => [String(at), periodName(code)]), String(state.period));
  byId("period-field").hidden = codes.period.length < 2;
  drawWeights();
  if (unitCount === 0) {
    byId("live").textContent = t("no_unit");
    return;
  }
  drawRanking();
  drawHeat();
  drawCompared();
  drawCountryChoice();
  drawTimes();
  drawOpen();
}

function drawMade() {
  const { documents, mentions: stated, data, model } = core.made;
  const period = codes.period.length > 1 && `${t("period")}${t("colon")} ${periodName(codes.period[state.period])}`;
  const said = t("made", { documents: number(documents, 0), mentions: number(stated, 0) });
  byId("made").textContent = [said, period].filter(Boolean).join(" · ");
  fill(byId("made-from"),
    fact(t("made_data"), quoted(plain(data), data.length)), fact(t("made_model"), quoted(plain(model), model.length)),
    fact(t("made_version"), `Goulet ${core.version}`), fact(t("made_draws"), number(core.made.draws, 0)));
  const left = core.left_out;
  fill(byId("left-out"),
    left.units > 0 && el("p", { class: "note" }, t("units_left_out", {
      n: number(left.units, 0), kept: number(unitCount, 0), first: periodName(codes.period[0] ?? "all"),
    })),
    left.mentions > 0 && el("p", { class: "note" }, t("mentions_left_out", { n: number(left.mentions, 0) })));
}

function choosePeriod(at) {
  state.period = at;
  state.rankingRows = PAGE;
  drawAll();
}

function listen(id, event, listener) {
  byId(id).addEventListener(event, listener);
}

listen("language", "change", (event) => {
  language = event.target.value;
  drawAll();
});
listen("theme", "change", (event) => {
  document.documentElement.dataset.theme = event.target.value;
});
listen("period", "change", (event) => choosePeriod(Number(event.target.value)));
listen("weights-reset", "click", resetWeights);
listen("ranking-filter", "input", () => {
  state.rankingRows = PAGE;
  drawRanking();
});
listen("ranking-more", "click", () => {
  state.rankingRows += 2 * PAGE;
  drawRanking();
});
listen("heat-body", "keydown", moveInHeat);
listen("heat-more", "click", () => {
  state.heatAll = !state.heatAll;
  drawHeat();
});
listen("country-choice", "change", (event) => {
  state.country = event.target.value;
  drawCountry();
});
listen("panel-close", "click", () => byId("panel").close());
listen("panel", "close", () => {
  state.open = null;
});

let resting;
let lastWidth = window.innerWidth;
window.addEventListener("resize", () => {
  if (window.innerWidth === lastWidth || unitCount === 0) return;
  lastWidth = window.innerWidth;
  clearTimeout(resting);
  resting = setTimeout(() => {
    drawComparison();
    drawTimes();
  }, 150);
});

byId("language").value = language;
if (unitCount > 0) state.compared = firstCompared();
drawAll();

// What a number rests on: its parts, the data behind them, the sentences.

const SENTENCES = 20;

/** Opens what stands behind a unit; `channel` narrows the sentences to one pillar. */
function openUnit(unit, channel = "") {
  state.open = { unit, channel: core.words.channel?.[channel] ? channel : "", shown: SENTENCES };
  drawOpen();
  showPanel();
}

/** Opens what stands behind a sector's number. */
function openSector(sector, node) {
  state.open = { sector, node, shown: SENTENCES };
  drawOpen();
  showPanel();
}

function showPanel() {
  const panel = byId("panel");
  if (!panel.open) panel.showModal();
  byId("panel-body").scrollTop = 0;
}

function drawOpen() {
  if (!state.open) return;
  if (state.open.sector) drawSectorPanel();
  else drawUnitPanel();
}

function drawUnitPanel() {
  const { unit } = state.open;
  const { risk, rank, coverage, isModel } = state.scores;
  byId("panel-title").textContent = unitTitle(unit);
  fill(byId("panel-body"),
    el("dl", { class: "facts" },
      fact(nodeName(tree.root), number(risk[unit])),
      fact(t("rank"), rank[unit] === null ? "–" : number(rank[unit], 0)),
      isModel && units.rank_low[unit] !== null && fact(t("interval"), range(units.rank_low[unit], units.rank_high[unit])),
      fact(t("coverage"), percent(coverage[unit])),
      fact(t("period"), periodName(codes.period[units.period[unit]])),
      fact(t("rests_on"), standingOf(unit))),
    el("h3", {}, t("how_made")), partsTable(unit),
    el("h3", {}, t("what_documents_say")), el("div", { id: "sentences" }),
    otherFacts(unit));
  drawSentences();
}

/** The tree of the score: every value, its weight, what it adds, and the row of data behind it. */
function partsTable(unit) {
  const rows = new Map((factsByUnit().get(unit) ?? []).map((row) => [row.code, row]));
  const parts = partsOf(unit, state.scores);
  const beside = tree.nodes.filter((node) => node.parent === null && node.code !== tree.root)
    .map((node) => ({ node, depth: 0, value: units.nodes[node.code][unit], weight: null, points: null }));
  const showsPoints = tree.is_arithmetic;
  const line = ({ node, depth, value, weight, points }) => {
    const row = node.is_leaf && rows.get(node.code);
    return [
      el("tr", { class: `depth-${Math.min(depth, 3)}${row ? " leaf" : ""}` },
        el("th", { scope: "row" }, nodeName(node.code)),
        el("td", { class: "num" }, number(value)),
        el("td", { class: "num" }, weight === null ? "–" : percent(weight)),
        showsPoints && el("td", { class: "num" }, number(points))),
      row && el("tr", { class: "behind-row" }, el("td", { colspan: showsPoints ? 4 : 3 }, behind(row)))];
  };
  return [
    el("table", { class: "parts" },
      el("thead", {}, el("tr", {}, head(t("part")), head(t("scale_0_100"), { class: "num" }), head(t("weight"), { class: "num" }),
        showsPoints && head(t("points"), { class: "num" }))),
      el("tbody", {}, [...parts, ...beside].flatMap(line))),
    el("p", { class: "quiet" }, t(showsPoints ? "points_add_up" : "points_do_not"))];
}

/** The row of data behind an indicator. */
function behind(row) {
  const bounds = row.low === null || row.low === row.high ? "" : ` (${fine(row.low)}–${fine(row.high)})`;
  return el("details", { class: "behind" },
    el("summary", {}, `${name("basis", row.basis)}${t("colon")} ${fine(row.value)}${bounds}`),
    el("p", { lang: "en" }, quoted(plain(row.provenance), 0)));
}

/** Indicators that do not enter the score. */
function otherFacts(unit) {
  const rows = (factsByUnit().get(unit) ?? []).filter((row) => !nodes.has(row.code));
  if (rows.length === 0) return null;
  return el("details", { class: "others" }, el("summary", {}, t("other_indicators", { n: rows.length })),
    el("table", {},
      el("thead", {}, el("tr", {}, head(t("indicator")), head(t("value"), { class: "num" }))),
      el("tbody", {}, rows.map((row) => el("tr", {},
        el("th", { scope: "row" }, nodeName(row.code), behind(row)), el("td", { class: "num" }, fine(row.value)))))));
}

/** The sentences of the unit: where the country acts, then where it is aimed at. */
function drawSentences() {
  const { unit, channel, shown } = state.open;
  const place = [units.period[unit], sectorOf(unit), countryOf(unit)];
  const inChannel = (mention) => !channel || mention.channel === channel;
  const acting = mentionsOf("origin", ...place);
  const aimedAt = mentionsOf("target", ...place).filter((mention) => mention.origin !== countryOf(unit));
  const found = acting.filter(inChannel);
  const suffered = aimedAt.filter(inChannel);
  const choose = el("select", { id: "channel-choice", on: { change: (event) => chooseChannel(event.target.value) } });
  options(choose, [["", t("all_channels")], ...Object.keys(core.words.channel).map((code) => [code, name("channel", code)])],
    channel);
  const missing = units.mentions[unit] - acting.length;
  fill(byId("sentences"),
    acting.length + aimedAt.length > 0 && el("div", { class: "field" },
      el("label", { for: "channel-choice" }, t("channel")), choose),
    el("p", { class: "quiet" }, found.length ? t("sentences_say", { n: number(found.length, 0) }) : t("no_sentence")),
    missing > 0 && el("p", { class: "note" }, t("sentences_left_out", { n: number(missing, 0) })),
    found.slice(0, shown).map(sentence),
    found.length > shown && el("button", { type: "button", on: { click: moreSentences } }, t("more_sentences")),
    suffered.length > 0 && el("details", {}, el("summary", {}, t("as_target", { n: number(suffered.length, 0) })),
      suffered.slice(0, SENTENCES).map(sentence)));
}

function chooseChannel(channel) {
  state.open = { ...state.open, channel, shown: SENTENCES };
  drawSentences();
  byId("channel-choice").focus();
}

function moreSentences() {
  state.open.shown += SENTENCES;
  drawSentences();
}

/** A sentence with the stated words marked, and the document that says it. */
function sentence(mention) {
  const { document: source, sentence: text, from, to } = mention;
  const marked = from === null || to > text.length
    ? plain(text)
    : [...plain(text.slice(0, from)), el("mark", {}, plain(text.slice(from, to))), ...plain(text.slice(to))];
  const parties = [mention.origin, mention.target].filter(Boolean).map(countryName).join(" → ");
  const says = [
    name("channel", mention.channel), name("status", mention.status), parties,
    mention.material && name("material", mention.material), mention.share !== null && t("share_of", { share: percent(mention.share) }),
  ].filter(Boolean);
  return el("article", { class: "sentence" },
    el("blockquote", {}, quoted(marked, text.length, { lang: source.language })),
    el("p", { class: "source" }, sourceOf(source)),
    el("p", { class: "says" }, says.join(" · ")),
    el("p", { class: "says quiet" }, t("counts_as", {
      severity: number(mention.severity, 2), certainty: number(mention.certainty, 2), weight: number(source.weight, 2),
    }), " ", el("code", {}, mention.lexeme)));
}

function sourceOf(source) {
  const title = source.title || source.id;
  const shown = quoted(plain(title), title.length, { lang: source.title ? source.language : null });
  const link = source.url && title.length <= LONG
    ? el("a", { href: source.url, target: "_blank", rel: "noopener noreferrer" }, shown)
    : shown;
  const address = source.url && title.length > LONG &&
    el("a", { href: source.url, target: "_blank", rel: "noopener noreferrer" }, t("to_document"));
  return [
    link, address && " ", address, el("br"),
    source.publisher && el("bdi", {}, plain(source.publisher)), source.publisher && " · ",
    source.date ? el("time", { datetime: source.date }, day(source.date)) : t("undated"), " · ", languageName(source.language),
  ];
}

/** The units that a sector's number is the mean of. */
function drawSectorPanel() {
  const { sector, node, shown } = state.open;
  const valueOf = (unit) => (node === tree.root ? state.scores.risk[unit] : units.nodes[node][unit]);
  const mine = unitsOf(sector).filter((unit) => units.sector_weight[unit] > 0 && valueOf(unit) !== null);
  mine.sort((a, b) => units.sector_weight[b] - units.sector_weight[a] || a - b);
  const total = mine.reduce((sum, unit) => sum + units.sector_weight[unit], 0);
  byId("panel-title").textContent = `${sectorName(sector)} – ${nodeName(node)}`;
  const line = (unit) => el("tr", {},
    el("th", { scope: "row" }, countryName(countryOf(unit))),
    el("td", { class: "num" }, percent(units.sector_weight[unit] / total)),
    el("td", { class: "num" }, follow(number(valueOf(unit)),
      t("follow_risk", { value: number(valueOf(unit)), unit: unitTitle(unit) }), () => openUnit(unit, node))),
    el("td", { class: "num" }, number((valueOf(unit) * units.sector_weight[unit]) / total, 2)));
  fill(byId("panel-body"),
    el("p", {}, t("sector_made", { value: number(sectorValue(sector, node)), n: number(mine.length, 0) })),
    el("table", {},
      el("thead", {}, el("tr", {}, head(t("country")), head(t("weight"), { class: "num" }),
        head(nodeName(node), { class: "num" }), head(t("points"), { class: "num" }))),
      el("tbody", {}, mine.slice(0, shown).map(line))),
    mine.length > shown && el("button", { type: "button", on: { click: () => {
      state.open.shown += SENTENCES;
      drawSectorPanel();
    } } }, t("more_rows")));
}

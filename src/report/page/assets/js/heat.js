// The heat map: countries by sectors. One cell takes the focus, the arrow keys move it.

/** Risk from which a shade begins; the same in every report, so that a shade means the same. */
const SHADES = [0, 2, 5, 10, 20, 30, 45, 60];
const HEAT_ROWS = 20;

const shade = (risk) => SHADES.findLastIndex((from) => risk >= from);

/** The countries of the period with the units of each sector, the highest risk first. */
function heatRows() {
  const rows = new Map();
  for (const unit of unitsOfPeriod[state.period]) {
    const risk = state.scores.risk[unit];
    if (risk === null) continue;
    const country = units.country[unit];
    if (!rows.has(country)) rows.set(country, { country, most: -Infinity, cells: new Map() });
    const row = rows.get(country);
    row.cells.set(units.sector[unit], unit);
    row.most = Math.max(row.most, risk);
  }
  return [...rows.values()].sort((a, b) => b.most - a.most || a.country - b.country);
}

function drawHeat() {
  const all = heatRows();
  const rows = state.heatAll ? all : all.slice(0, HEAT_ROWS);
  const sectors = inOrder(codes.sector.map((code, at) => [at, sectorName(code)]));
  fill(byId("heat-head"), el("tr", {},
    head(t("country"), { class: "corner" }),
    sectors.map(([, text]) => head(el("span", {}, text), { class: "turned" }))));
  fill(byId("heat-body"), rows.map((row) => el("tr", {},
    el("th", { scope: "row" }, countryName(codes.country[row.country])),
    sectors.map(([sector]) => heatCell(row.cells.get(sector))))));
  byId("heat-body").querySelector("button")?.setAttribute("tabindex", "0");
  byId("heat-count").textContent = t("countries_of", { shown: number(rows.length, 0), all: number(all.length, 0) });
  byId("heat-more").hidden = all.length <= HEAT_ROWS;
  byId("heat-more").textContent = state.heatAll ? t("fewer_countries") : t("all_countries");
  drawLegend();
}

function heatCell(unit) {
  if (unit === undefined) return el("td", { class: "none" }, el("span", { class: "hidden" }, t("no_score")));
  const risk = state.scores.risk[unit];
  const isRanked = state.scores.rank[unit] !== null;
  const says = (value) => t("heat_cell", {
    unit: unitTitle(unit), value, rank: isRanked ? t("rank_is", { rank: state.scores.rank[unit] }) : t("unranked"),
  });
  // The name has the number as it is seen; the tip has its decimal.
  const seen = number(risk, 0);
  return el("td", { class: `shade-${shade(risk)}${isRanked ? "" : " unranked"}` },
    follow(seen, says(seen), () => openUnit(unit), { tabindex: "-1", title: says(number(risk)) }));
}

function drawLegend() {
  fill(byId("heat-legend"), SHADES.map((from, at) => {
    const to = SHADES[at + 1];
    return el("li", { class: `shade-${at}` }, to === undefined ? `≥ ${from}` : `${from}–${to}`);
  }));
}

/** Moves the focus among the cells that have a score. */
function moveInHeat(event) {
  const cell = event.target.closest("td");
  const [rowStep, columnStep] = {
    ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1], Home: [0, -Infinity], End: [0, Infinity],
  }[event.key] ?? [0, 0];
  if (!cell || (!rowStep && !columnStep)) return;
  event.preventDefault();
  const rows = [...byId("heat-body").rows];
  const [row, column] = [cell.parentElement.rowIndex - byId("heat-head").rows.length, cell.cellIndex];
  const candidates = rowStep
    ? (rowStep < 0 ? rows.slice(0, row).reverse() : rows.slice(row + 1)).map((of) => of.cells[column])
    : along([...rows[row].cells], column, columnStep);
  const next = candidates.map((of) => of.querySelector("button")).find(Boolean);
  if (!next) return;
  for (const button of byId("heat-body").querySelectorAll("button[tabindex='0']")) button.setAttribute("tabindex", "-1");
  next.setAttribute("tabindex", "0");
  next.focus();
}

function along(cells, column, step) {
  if (step === -Infinity) return cells;
  if (step === Infinity) return cells.reverse();
  return step < 0 ? cells.slice(0, column).reverse() : cells.slice(column + 1);
}

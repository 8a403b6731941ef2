// Charts, by Observable Plot. Each stands beside a table with the same numbers, so that it is an image with a name.

const SERIES = ["var(--series-1)", "var(--series-2)", "var(--series-3)", "var(--series-4)"];
const SYMBOLS = ["circle", "square", "triangle", "diamond"];

/** Room for the names at the left, and the width there is. */
function room(figure, names) {
  const width = Math.max(280, Math.min(760, figure.clientWidth || 640));
  const longest = Math.max(...names.map((text) => text.length), 4);
  return { width, marginLeft: Math.min(Math.round(width * 0.42), 12 + longest * 7) };
}

function chart(figure, label, options) {
  const svg = Plot.plot({ className: "chart", marginTop: 8, marginRight: 36, ...options });
  svg.setAttribute("role", "img");
  svg.setAttribute("aria-label", label);
  // The parts of an image are not read out one by one.
  for (const part of svg.querySelectorAll("[aria-label]")) part.removeAttribute("aria-label");
  fill(figure, svg);
}

/** Names broken into lines that fit the margin. */
const axisOf = (axis, marginLeft, more) =>
  axis({ lineWidth: (marginLeft - 16) / 11, fontSize: 12, tickSize: 0, label: null, ...more });

/** Measures 0–100 of several sectors: a bar each, the number at its end. */
function drawPillars(figure, label, sectors, measures) {
  const bars = measures.flatMap((measure) => sectors.map((sector, at) => ({
    measure: measure.name, sector: sector.name, series: SERIES[at], value: measure.values[at],
  })));
  const { width, marginLeft } = room(figure, measures.map((measure) => measure.name));
  const greatest = Math.max(10, ...bars.map((of) => of.value ?? 0));
  chart(figure, label, {
    width, marginLeft, height: measures.length * (sectors.length * 20 + 14) + 40,
    x: { domain: [0, Math.min(100, Math.ceil(greatest / 10) * 10)], label: t("scale_0_100"), labelArrow: "none", grid: true },
    y: { domain: sectors.map((sector) => sector.name), axis: null, padding: 0.12 },
    fy: { domain: measures.map((measure) => measure.name), padding: 0.18 },
    marks: [
      axisOf(Plot.axisFy, marginLeft, { anchor: "left" }),
      Plot.barX(bars, { x: "value", y: "sector", fy: "measure", fill: (of) => of.series }),
      Plot.text(bars, {
        x: (of) => of.value ?? 0, y: "sector", fy: "measure", text: (of) => number(of.value), textAnchor: "start", dx: 4,
        fontSize: 11, fontVariant: "tabular-nums",
      }),
      Plot.ruleX([0]),
    ],
  });
}

/** Ranks of a sector's first countries: a dot, and a line over the interval that holds it. */
function drawRanks(figure, label, rows, at, last) {
  const { width, marginLeft } = room(figure, rows.map((row) => row.name));
  chart(figure, label, {
    width, marginLeft, height: rows.length * 28 + 46,
    x: { domain: [1, last], label: t("rank"), labelArrow: "none", grid: true, ticks: 5, tickFormat: (rank) => number(rank, 0) },
    y: { domain: rows.map((row) => row.name), label: null },
    marks: [
      axisOf(Plot.axisY, marginLeft),
      Plot.ruleY(rows.filter((row) => row.low !== null), {
        y: "name", x1: "low", x2: "high", stroke: SERIES[at], strokeWidth: 5, strokeOpacity: 0.35, strokeLinecap: "round",
      }),
      Plot.dot(rows, { y: "name", x: "rank", fill: SERIES[at], r: 5, symbol: SYMBOLS[at] }),
    ],
  });
}

/** Sector risk over the periods. */
function drawTimeline(figure, label, periods, sectors) {
  const points = sectors.flatMap((sector, at) => sector.values.map((value, place) => ({
    period: periods[place], sector: sector.name, value, at,
  }))).filter((point) => point.value !== null);
  const { width } = room(figure, [""]);
  const every = Math.ceil((periods.length * 62) / width);
  chart(figure, label, {
    width, height: 300, marginTop: 28, marginLeft: 40, marginBottom: 40,
    x: { domain: periods, type: "point", label: null, ticks: periods.filter((_, place) => place % every === 0) },
    y: { domain: [0, Math.max(10, ...points.map((point) => point.value)) * 1.1], label: t("scale_0_100"), labelArrow: "none", grid: true },
    marks: [
      Plot.ruleY([0]),
      Plot.line(points, { x: "period", y: "value", z: "sector", stroke: (point) => SERIES[point.at], strokeWidth: 2 }),
      Plot.dot(points, {
        x: "period", y: "value", fill: (point) => SERIES[point.at], symbol: (point) => SYMBOLS[point.at], r: 4,
      }),
    ],
  });
}

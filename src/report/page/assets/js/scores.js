// Scores and ranks from pillars and weights, by the arithmetic of the program: the same sums in the same order, so that the
// model's own weights give the scores of scores.csv to the last digit.

/** Scores closer than this (relative above 1) are the same. */
const ROUNDING = 1e-10;
const COVERAGE_ROUNDING = 1e-9;

const nodes = new Map(tree.nodes.map((node) => [node.code, node]));
const childrenOf = (code) => tree.nodes.filter((node) => node.parent === code);
const pillars = childrenOf(tree.root).map((node) => node.code);

/** Weights as the model has them; what is not `given` comes scaled. */
const modelWeights = new Map(pillars.map((code) => [
  code, tree.has_given_weights ? nodes.get(code).weight : nodes.get(code).scaled,
]));

const canWeigh = pillars.length > 1 && tree.aggregator !== "copeland";

const isModels = (weights) => pillars.every((code) => weights.get(code) === modelWeights.get(code));

/** Weights that sum to 1. */
function scaledWeights(weights) {
  if (isModels(weights)) return pillars.map((code) => nodes.get(code).scaled);
  const total = pillars.reduce((sum, code) => sum + weights.get(code), 0);
  return pillars.map((code) => weights.get(code) / total);
}

/** Σw·f(x) / Σw, taken from the first value. */
function average(pairs, f) {
  const first = f(pairs[0][0]);
  let [sum, total] = [0, 0];
  for (const [value, weight] of pairs) {
    sum += weight * (f(value) - first);
    total += weight;
  }
  return first + sum / total;
}

function powerMean(pairs, exponent) {
  const values = pairs.map(([value]) => value);
  const [low, high] = [Math.min(...values), Math.max(...values)];
  if (low < 0) return NaN;
  if (exponent <= 0 && low === 0) return 0;
  const mean = exponent === 0
    ? Math.exp(average(pairs, Math.log))
    : average(pairs, (x) => x ** exponent) ** (1 / exponent);
  return Math.min(high, Math.max(low, mean));
}

function join(pairs) {
  const [bottom, top] = tree.range;
  switch (tree.aggregator) {
    case "geometric": return powerMean(pairs, 0);
    case "harmonic": return powerMean(pairs, -1);
    case "power": return powerMean(pairs, tree.power);
    case "inverted_geometric": {
      const turned = pairs.map(([x, weight]) => [((top - x) / (top - bottom)) * 9 + 1, weight]);
      return bottom + ((10 - powerMean(turned, 0)) / 9) * (top - bottom);
    }
    default: return average(pairs, (x) => x);
  }
}

/** The score of a unit; null where too little is known. */
function riskOf(unit, scaled) {
  if (!canWeigh) return units.risk[unit];
  let counted = 0;
  const pairs = [];
  pillars.forEach((code, at) => {
    if (!(scaled[at] > 0)) return;
    counted += 1;
    const value = units.nodes[code][unit];
    if (value !== null) pairs.push([value, scaled[at]]);
  });
  if (pairs.length === 0 || pairs.length + 1e-9 < tree.min_children * counted) return null;
  const score = join(pairs);
  return Number.isNaN(score) ? null : score;
}

/** The share of the weight that rests on data. */
function coverageOf(unit, scaled) {
  if (!canWeigh) return units.coverage[unit];
  const sum = pillars.reduce((total, code, at) => total + scaled[at] * (units.pillar_coverage[code][unit] ?? 0), 0);
  return Math.min(1, Math.max(0, sum));
}

/** Ranks of the units of a period: 1 is the highest, ties take the lowest. */
function rankUnits(numbers, risk, coverage, rank) {
  const ranked = numbers.filter((unit) => risk[unit] !== null && coverage[unit] >= tree.min_coverage - COVERAGE_ROUNDING);
  ranked.sort((a, b) => risk[b] - risk[a] || a - b);
  let current = 0;
  let leader = NaN;
  ranked.forEach((unit, place) => {
    const score = risk[unit];
    const ties = score === leader || Math.abs(leader - score) < ROUNDING * Math.max(1, Math.abs(leader));
    if (!ties) [current, leader] = [place + 1, score];
    rank[unit] = current;
  });
}

/** Scores, coverage and ranks of every unit under these weights. */
function computeScores(weights) {
  const scaled = scaledWeights(weights);
  const isModel = isModels(weights);
  const [risk, coverage, rank] = [[], [], new Array(unitCount).fill(null)];
  for (let unit = 0; unit < unitCount; unit++) {
    risk.push(riskOf(unit, scaled));
    coverage.push(coverageOf(unit, scaled));
  }
  if (canWeigh) unitsOfPeriod.forEach((numbers) => rankUnits(numbers, risk, coverage, rank));
  // Where a page holds not all units of a period, ranks of the rest are not known: those of the table stand.
  const given = !canWeigh || isModel;
  return { scaled, isModel, risk, coverage, rank: given ? units.rank : rank };
}

/** A sector's mean over its units in a period, as sectors.csv has it. */
function sectorMean(sector, period, valueOf) {
  let [sum, total] = [0, 0];
  for (const unit of unitsOfPeriod[period]) {
    if (units.sector[unit] !== sector) continue;
    const [weight, value] = [units.sector_weight[unit], valueOf(unit)];
    if (weight > 0 && value !== null && value !== undefined) {
      sum += weight * value;
      total += weight;
    }
  }
  return total > 0 ? sum / total : null;
}

/** The parts of a unit's score: each node with its value, its weight in the score and what it adds. */
function partsOf(unit, scores) {
  const parts = [];
  const valueOf = (code) => (code === tree.root ? scores.risk[unit] : units.nodes[code]?.[unit] ?? null);
  const weightOf = (node) => (node.parent === tree.root ? scores.scaled[pillars.indexOf(node.code)] : node.scaled);
  const visit = (node, depth, effective) => {
    const value = valueOf(node.code);
    const weight = value === null ? 0 : effective;
    parts.push({ node, depth, value, weight, points: value === null ? null : value * weight });
    const children = childrenOf(node.code);
    const total = children.reduce((sum, child) => sum + (valueOf(child.code) === null ? 0 : weightOf(child)), 0);
    for (const child of children) {
      const share = total > 0 && valueOf(child.code) !== null ? weightOf(child) / total : 0;
      visit(child, depth + 1, weight * share);
    }
  };
  visit(nodes.get(tree.root), 0, 1);
  return parts;
}

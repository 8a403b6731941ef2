// The weights of the pillars: one slider each, and the same weights as a model file.

/** Steps of a slider up to the greatest weight of the model; a slider goes to three times that. */
const STEPS = 20;
const unitWeight = Math.max(...modelWeights.values(), 0) || 1;

function drawWeights() {
  const list = byId("weights-list");
  if (!canWeigh) {
    fill(list, el("p", {}, t("weights_fixed")));
    byId("weights-reset").hidden = true;
    return;
  }
  fill(list, pillars.map((code) => {
    const id = `weight-${code}`;
    const slider = el("input", {
      type: "range", id, min: 0, max: 3 * unitWeight, step: unitWeight / STEPS, value: state.weights.get(code),
      "data-pillar": code,
      on: { input: (event) => changeWeight(code, Number(event.target.value)) },
    });
    return el("div", { class: "weight" },
      el("label", { for: id }, nodeName(code)), el("output", { for: id, id: `${id}-share` }), slider);
  }));
  showWeights();
}

/** A weight of 0 for all would leave no score: the last one above 0 stays. */
function changeWeight(code, weight) {
  const next = new Map(state.weights).set(code, Math.round((weight / unitWeight) * STEPS) / STEPS * unitWeight);
  if ([...next.values()].every((value) => value === 0)) {
    byId(`weight-${code}`).value = state.weights.get(code);
    return;
  }
  state.weights = next;
  weighAgain();
}

function resetWeights() {
  state.weights = new Map(modelWeights);
  for (const code of pillars) byId(`weight-${code}`).value = state.weights.get(code);
  weighAgain();
}

/** Scores at once; what they change is drawn once a frame, however fast the hand. */
let drawing;
function weighAgain() {
  state.scores = computeScores(state.weights);
  showWeights();
  cancelAnimationFrame(drawing);
  drawing = requestAnimationFrame(drawViews);
  announce();
}

function showWeights() {
  if (!canWeigh) return;
  pillars.forEach((code, at) => {
    const share = percent(state.scores.scaled[at]);
    byId(`weight-${code}-share`).textContent = share;
    byId(`weight-${code}`).setAttribute("aria-valuetext", t("weight_says", {
      weight: number(state.weights.get(code), 2), share,
    }));
  });
  byId("weights-reset").disabled = state.scores.isModel;
  byId("weights-note").textContent = state.scores.isModel ? t("weights_models") : t("weights_yours");
  byId("model-file").textContent = modelFile();
}

/** Says who leads, once the hand rests. */
let announcing;
function announce() {
  clearTimeout(announcing);
  announcing = setTimeout(() => {
    const first = rankedUnits().slice(0, 3)
      .map((unit) => `${state.scores.rank[unit]}. ${sectorName(sectorOf(unit))}, ${countryName(countryOf(unit))}`);
    byId("live").textContent = t("ranked_again", { first: first.join("; ") });
  }, 400);
}

/** The tree with these weights, as a model file takes it. */
function modelFile() {
  const value = (entry) => (Array.isArray(entry) ? `[${entry.join(", ")}]` : JSON.stringify(entry));
  const table = (node) => {
    const entry = { ...node.entry };
    if (node.parent === tree.root) entry.weight = state.weights.get(node.code);
    const lines = Object.entries(entry).filter(([, of]) => of !== null).map(([key, of]) => `${key} = ${value(of)}`);
    return `[[node]]\n${lines.join("\n")}\n`;
  };
  return tree.nodes.map(table).join("\n");
}

// Words, names and numbers in the language chosen.

const LOCALES = { en: "en-GB", fr: "fr-FR" };
let language = core.language;

/** A word of the page; `{name}` in it is replaced. */
function t(code, values = {}) {
  return name("page", code).replace(/\{(\w+)\}/g, (whole, key) => (key in values ? values[key] : whole));
}

/** What a code of a kind is called; the code itself where it has no name. */
function name(kind, code) {
  const known = core.words[kind]?.[code];
  return known ? known[language === "fr" ? 1 : 0] : code;
}

const sectorName = (code) => name("sector", code);
const countryName = (code) => name("country", code);

/** A node of the model or an indicator beside it. */
function nodeName(code) {
  const known = core.words.node[code];
  return known ? name("node", code) : name("page", `indicator_${code}`).replace(/^indicator_/, "");
}

/** The root in the head of a column, where its whole name would be too long. */
const riskName = () => (tree.root === "risk" ? t("risk") : nodeName(tree.root));

const periodName = (code) => (code === "all" ? t("all_periods") : code);

/** What a score rests on. */
const standing = (status) => name("page", `standing_${status.replace(/[^a-z]+/g, "_")}`).replace(/^standing_/, "");

const formats = new Map();

/** A number with so many decimals; a dash where it is missing. */
function number(value, decimals = 1) {
  if (value === null || value === undefined || Number.isNaN(value)) return "–";
  const key = `${language}${decimals}`;
  if (!formats.has(key)) {
    const digits = { minimumFractionDigits: decimals, maximumFractionDigits: decimals };
    formats.set(key, new Intl.NumberFormat(LOCALES[language], digits));
  }
  return formats.get(key).format(value);
}

const percent = (share) => (share === null || share === undefined ? "–" : t("percent", { n: number(100 * share, 0) }));

/** A value of an indicator: three decimals below 1, else one. */
const fine = (value) => number(value, value !== null && Math.abs(value) < 1 && value !== 0 ? 3 : 1);

const range = (low, high) => (low === null || high === null ? "–" : low === high ? `${low}` : `${low}–${high}`);

function day(date) {
  if (!date) return t("undated");
  const [year, month, dayOfMonth] = date.split("-").map(Number);
  const format = new Intl.DateTimeFormat(LOCALES[language], { dateStyle: "long", timeZone: "UTC" });
  return format.format(new Date(Date.UTC(year, month - 1, dayOfMonth)));
}

function languageName(code) {
  try {
    return new Intl.DisplayNames([LOCALES[language]], { type: "language" }).of(code);
  } catch {
    return code;
  }
}

const inOrder = (names) => names.sort((a, b) => a[1].localeCompare(b[1], LOCALES[language]));

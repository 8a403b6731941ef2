// The data of the page: blocks of JSON in its source. The large ones are read when they are first asked for.

const block = (id) => JSON.parse(document.getElementById(id).textContent);

const lazily = (make) => {
  let made;
  return () => (made ??= make());
};

const core = block("core");
const units = core.units;
const codes = units.codes;
const tree = core.tree;

/** Columns of every unit: sector, country, period and status are numbers into `codes`. */
const unitCount = units.sector.length;

/** The numbers of the units of each period, in the order of scores.csv. */
const unitsOfPeriod = codes.period.map(() => []);
for (let unit = 0; unit < unitCount; unit++) unitsOfPeriod[units.period[unit]].push(unit);

const sectorOf = (unit) => codes.sector[units.sector[unit]];
const countryOf = (unit) => codes.country[units.country[unit]];

/** Rows of indicators.csv by unit: a map from the unit's number to rows. */
const factsByUnit = lazily(() => {
  const { provenance, indicators } = block("facts");
  const byUnit = new Map();
  for (const of of indicators) {
    of.unit.forEach((unit, row) => {
      if (!byUnit.has(unit)) byUnit.set(unit, []);
      byUnit.get(unit).push({
        code: of.code,
        basis: of.basis,
        value: of.value[row],
        low: of.low[row],
        high: of.high[row],
        documents: of.documents[row],
        provenance: provenance[of.provenance[row]],
      });
    });
  }
  return byUnit;
});

/** The mentions, the most telling first, as records with codes in place of numbers. */
const mentions = lazily(() => {
  const evidence = block("evidence");
  const coded = new Set(["channel", "sector", "material", "origin", "target", "status"]);
  const documents = evidence.documents.map(([id, date, language, publisher, title, url, weight]) => ({
    id, date, language, publisher, title, url, weight,
  }));
  return evidence.rows.map((row) => {
    const mention = {};
    evidence.columns.forEach((column, at) => {
      mention[column] = coded.has(column) ? evidence.codes[row[at]] : row[at];
    });
    mention.document = documents[mention.document];
    mention.lexeme = evidence.lexemes[mention.lexeme];
    mention.sentence = evidence.sentences[mention.sentence];
    return mention;
  });
});

/** The mentions of a sector and period, by the country that acts and by the country aimed at. */
const mentionsByUnit = lazily(() => {
  const by = { origin: new Map(), target: new Map() };
  for (const mention of mentions()) {
    for (const role of ["origin", "target"]) {
      if (!mention[role]) continue;
      const key = `${mention.period}/${mention.sector}/${mention[role]}`;
      if (!by[role].has(key)) by[role].set(key, []);
      by[role].get(key).push(mention);
    }
  }
  return by;
});

const mentionsOf = (role, period, sector, country) =>
  mentionsByUnit()[role].get(`${period}/${sector}/${country}`) ?? [];

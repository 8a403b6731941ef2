// Corpora for the tests of the page, as JSON Lines: documents that would do harm, and more documents than a page holds.

const bans = "China has banned exports of gallium to the United States.";

function hostile() {
  const document = (id, title, text, url) => ({ id, date: "2024-12-03", language: "en", title, text, source: "Test Wire", url });
  return [
    document("script", `<script>window.hacked = 1</script> ${bans}`, `</script><img src=x onerror="window.hacked = 2"> ${bans}`,
      "javascript:window.hacked=3"),
    document("formula", `=cmd|' /C calc'!A0 ${bans}`, `+1 ${bans}`, "https://example.org/formula?a=1&b=<script>"),
    document("long", `${bans.slice(0, -1)} ${"very ".repeat(2000)}soon`, bans, "https://example.org/long"),
    document("marks", `\u202eChina\u202c bans exports of germanium to the United States \u2066now\u2069`,
      `\u200f${bans} &amp; &lt;b&gt;\u2028`, "data:text/html,<script>window.hacked=4</script>"),
    document("breaks", `"><svg onload=window.hacked=5> ${bans}`, `<!--<script> ${bans} --> ]]>`, " https://example.org/x"),
  ];
}

/** Six sentences a document, each a statement of a unit of its own; eight quarters. */
function* large() {
  const countries = ["China", "Russia", "Indonesia", "India", "Japan", "South Korea", "Malaysia", "Chile", "Australia", "Canada"];
  const goods = ["gallium", "germanium", "graphite", "cobalt", "nickel", "semiconductors", "batteries", "solar panels", "rice", "steel"];
  const days = ["02-10", "05-10", "08-10", "11-10"];
  for (let number = 0; number < 9500; number++) {
    const year = 2023 + (Math.floor(number / 4) % 2);
    const lines = [];
    for (let line = 0; line < 6; line++) {
      const country = countries[(number + line * 3) % countries.length];
      const good = goods[(number * 7 + line) % goods.length];
      lines.push(`${country} has banned exports of ${good} to the United States under order ${number * 6 + line}.`);
    }
    yield {
      id: `large-${number}`, date: `${year}-${days[number % 4]}`, language: "en", source: `Wire ${number % 50}`,
      title: `Orders of week ${number}`, text: lines.join(" "), url: `https://example.org/${number}`,
    };
  }
}

const corpus = process.argv[2] === "large" ? large() : hostile();
for (const document of corpus) process.stdout.write(`${JSON.stringify(document)}\n`);

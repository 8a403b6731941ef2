// What report.html promises, tried in a browser. Started by run.sh, which makes the reports.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { after, afterEach, before, test } from "node:test";
import { By, Key, logging } from "selenium-webdriver";
import { open, readCsv, resize, start } from "./browser.mjs";

const { GOULET, REPORTS, SEEDS } = process.env;
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** Longest time to open a page of 5,000 units and 50,000 mentions, in milliseconds. */
const LONGEST = 2000;

let driver;
before(async () => { driver = await start(); });
after(async () => { await driver?.quit(); });

/** Whatever a test did, the page complained of nothing and asked for nothing. */
afterEach(async () => {
  const entries = await driver.manage().logs().get(logging.Type.BROWSER);
  assert.deepEqual(entries.map((entry) => `${entry.level} ${entry.message}`), []);
  assert.equal(await driver.executeScript("return performance.getEntriesByType('resource').length"), 0);
});

const script = (code, ...values) => driver.executeScript(code, ...values);
const element = (id) => driver.findElement(By.id(id));

async function choose(id, value) {
  await (await element(id)).findElement(By.css(`option[value="${value}"]`)).click();
}

/** Waits until what a slider changed is drawn. */
const drawn = () => driver.executeAsyncScript("requestAnimationFrame(() => requestAnimationFrame(arguments[0]))");

/** The whole ranking as it is shown: unit, rank, risk. */
async function ranking() {
  await drawn();
  for (let clicks = 0; clicks < 200 && !(await script("return document.getElementById('ranking-more').hidden")); clicks++) {
    await script("document.getElementById('ranking-more').click()");
  }
  return script(`return [...document.querySelectorAll("#ranking-body tr")].map((row) => ({
    unit: row.dataset.unit, rank: row.querySelector(".rank").textContent, risk: row.querySelector(".risk .follow").textContent,
  }))`);
}

/** The same from scores.csv, in the order of its ranks. */
function expected(folder) {
  const number = (value) => Number(value).toLocaleString("en-GB", { minimumFractionDigits: 1, maximumFractionDigits: 1 });
  return readCsv(join(folder, "scores.csv")).filter((row) => row.risk !== "").map((row) => ({
    unit: `${row.sector}/${row.country}`, rank: row.rank || "–", risk: number(row.risk), exact: Number(row.risk),
  }));
}

/** Ranked units in order; the others by unit, for their order among each other is the page's own. */
function compare(shown, rows) {
  const ranked = (list) => list.filter((row) => row.rank !== "–");
  const close = (text, row) => Math.abs(Number(text.replace(/,/g, "")) - row.exact) <= 0.05 + 1e-6;
  assert.deepEqual(ranked(shown).map(({ unit, rank }) => `${rank} ${unit}`), ranked(rows).map(({ unit, rank }) => `${rank} ${unit}`));
  const byUnit = new Map(rows.map((row) => [row.unit, row]));
  assert.equal(shown.length, rows.length);
  for (const row of shown) assert.ok(close(row.risk, byUnit.get(row.unit)), `${row.unit} ${row.risk}`);
}

test("the model's weights give the scores and ranks of scores.csv", async () => {
  await open(driver, REPORTS, "sample");
  const shown = await ranking();
  assert.ok(shown.length > 600);
  compare(shown, expected(join(REPORTS, "sample")));
});

test("a slider changes the order, to that of goulet run with those weights", async () => {
  await open(driver, REPORTS, "sample");
  const before = (await ranking()).map((row) => row.unit);
  await (await element("weight-export_controls")).sendKeys(Key.END);
  await (await element("weight-concentration")).sendKeys(Key.ARROW_LEFT, Key.ARROW_LEFT, Key.ARROW_LEFT);
  const shown = await ranking();
  assert.notDeepEqual(shown.map((row) => row.unit), before);
  assert.equal(await (await element("weight-export_controls-share")).getText(), "62%");
  const model = join(REPORTS, "mine.toml");
  writeFileSync(model, await script("return document.getElementById('model-file').textContent"));
  const out = join(REPORTS, "mine");
  execFileSync(GOULET, ["run", "--quiet", "--draws", "0", "--corpus", SEEDS, "--model", model, "--out", out]);
  compare(shown, expected(out));
  await driver.wait(async () => (await script("return document.getElementById('live').textContent")).startsWith("Ranked again"), 2000);
  await (await element("weights-reset")).click();
  assert.deepEqual((await ranking()).map((row) => row.unit), before);
});

test("the other language at once, with its names and its decimal sign", async () => {
  await open(driver, REPORTS, "sample");
  await choose("language", "fr");
  assert.equal(await script("return document.documentElement.lang"), "fr");
  assert.equal(await (await element("heat-title")).getText(), "Carte de chaleur");
  const first = await driver.findElement(By.css("#ranking-body tr")).getText();
  assert.match(first, /Minéraux critiques.*Chine/s);
  assert.match(first, /\d,\d/);
  const left = await script(`return [...document.querySelectorAll("[data-t]")].filter((of) => of.textContent === of.dataset.t).length`);
  assert.equal(left, 0);
});

test("a cell of the heat map leads to its sentences, the stated words marked", async () => {
  await open(driver, REPORTS, "sample");
  const cell = await driver.findElement(By.css("#heat-body button[tabindex='0']"));
  await cell.sendKeys(Key.ARROW_DOWN, Key.ARROW_UP, Key.END, Key.HOME);
  await driver.switchTo().activeElement().sendKeys(Key.ARROW_RIGHT);
  const label = await driver.switchTo().activeElement().getAttribute("aria-label");
  assert.match(label, /: [\d.]+, /);
  const china = await driver.findElement(By.css("#heat-body button[aria-label^='Critical minerals – China']"));
  await china.sendKeys(Key.ENTER);
  const says = await script(`return [...document.querySelectorAll("#sentences > article")].map((of) => ({
    text: of.querySelector("bdi").textContent, mark: of.querySelector("mark")?.textContent, source: of.querySelector(".source").textContent,
    link: of.querySelector("a")?.href, rel: of.querySelector("a")?.rel }))`);
  assert.equal(says.length, 20);
  const rows = readCsv(join(REPORTS, "sample", "mentions.csv"))
    .filter((row) => row.sector === "critical_minerals" && row.origin === "CHN");
  const marked = rows.map((row) => `${row.evidence}|${Number(row.end) - Number(row.start)}`);
  for (const { text, mark } of says) assert.ok(marked.includes(`${text}|${Buffer.byteLength(mark)}`), `${text} [${mark}]`);
  for (const { link, rel } of says) assert.ok(!link || (/^https?:/.test(link) && rel === "noopener noreferrer"));
  assert.match(says[0].source, /\d{4}/);
  const points = await script(`return [...document.querySelectorAll(".parts tbody tr.depth-1")].map((of) => Number(of.cells[3].textContent))`);
  const risk = Number(await script("return document.querySelector('.parts tbody tr').cells[1].textContent"));
  assert.ok(Math.abs(points.reduce((sum, of) => sum + of, 0) - risk) < 0.2);
  await driver.switchTo().activeElement().sendKeys(Key.ESCAPE);
  assert.equal(await script("return document.getElementById('panel').open"), false);
});

test("the marked words are where the file says they are", async () => {
  // Offsets count from the beginning of the document; the sentences of its text hold the same words there.
  const row = readCsv(join(REPORTS, "hostile", "mentions.csv")).find((of) => of.doc_id === "formula" && of.sentence !== "0");
  const title = "=cmd|' /C calc'!A0 China has banned exports of gallium to the United States.";
  const text = Buffer.from(`${title}\n\n+1 China has banned exports of gallium to the United States.`);
  const words = text.subarray(Number(row.start), Number(row.end)).toString();
  await open(driver, REPORTS, "hostile");
  await script("document.querySelector('#ranking-body .risk .follow').click()");
  const marks = await script(`return [...document.querySelectorAll("#sentences article")]
    .filter((of) => of.querySelector("bdi").textContent.startsWith("+1 ")).map((of) => of.querySelector("mark")?.textContent)`);
  assert.deepEqual([...new Set(marks)], [words]);
});

test("hostile documents do nothing but show their text", async () => {
  await open(driver, REPORTS, "hostile");
  const scripts = await script("return document.scripts.length");
  await script("document.querySelector('#ranking-body .risk .follow').click()");
  await script("for (const of of document.querySelectorAll('#panel details')) of.open = true");
  assert.equal(await script("return window.hacked ?? null"), null);
  assert.equal(await script("return document.scripts.length"), scripts);
  assert.equal(await script("return document.querySelectorAll('#panel img, #panel svg, #panel script').length"), 0);
  const text = await script("return document.getElementById('panel').textContent");
  for (const part of ["<script>window.hacked = 1</script>", "=cmd|' /C calc'!A0", "U+202E", '"><svg onload=window.hacked=5>', `${"very ".repeat(2000)}soon`]) {
    assert.ok(text.includes(part), part.slice(0, 40));
  }
  assert.ok(!/[\u202a-\u202e\u2066-\u2069\u200e\u200f]/.test(text));
  const links = await script("return [...document.querySelectorAll('#panel a')].map((of) => of.protocol)");
  assert.ok(links.length > 0 && links.every((protocol) => protocol === "https:"), links.join());
  await resize(driver, 360, 740);
  assert.ok(await script("return document.getElementById('panel-body').scrollWidth <= 360"));
  await driver.sendDevToolsCommand("Emulation.clearDeviceMetricsOverride", {});
});

test("periods: a timeline, and another period on request", async () => {
  await open(driver, REPORTS, "years");
  assert.ok(await (await element("timeline-figure")).findElement(By.css("svg")).isDisplayed());
  const rows = readCsv(join(REPORTS, "years", "scores.csv"));
  const years = [...new Set(rows.map((row) => row.period))];
  await choose("period", "0");
  const first = rows.find((row) => row.period === years[0]);
  const shown = await ranking();
  assert.equal(shown[0].unit, `${first.sector}/${first.country}`);
  assert.equal(shown.length, rows.filter((row) => row.period === years[0] && row.risk !== "").length);
});

for (const theme of ["light", "dark"]) {
  test(`axe finds nothing serious, ${theme}`, async () => {
    for (const reports of ["sample", "years"]) {
      await open(driver, REPORTS, reports);
      await choose("theme", theme);
      await (await element("weight-coercion")).sendKeys(Key.HOME);
      await drawn();
      await found();
      await script("document.querySelector('#heat-body .follow').click()");
      await found();
    }
  });
}

async function found() {
  await script(axe);
  const { violations } = await driver.executeAsyncScript("axe.run().then(arguments[arguments.length - 1])");
  const serious = violations.filter((of) => ["serious", "critical"].includes(of.impact));
  assert.deepEqual(serious.map((of) => `${of.id}: ${of.nodes.slice(0, 3).map((node) => node.html).join(" | ")}`), []);
}

test("no sideways scrolling on a phone, in either language", async () => {
  await resize(driver, 360, 740);
  for (const reports of ["sample", "years", "hostile"]) {
    await open(driver, REPORTS, reports);
    for (const language of ["en", "fr"]) {
      await choose("language", language);
      assert.equal(await script("return document.documentElement.scrollWidth"), 360);
    }
  }
  await driver.sendDevToolsCommand("Emulation.clearDeviceMetricsOverride", {});
});

test("5,000 units and 50,000 mentions open in under two seconds, and the page says what it leaves out", async () => {
  const times = [];
  // What else runs on the machine makes a page slower, never faster: the best of a few openings is the page's own time.
  for (let turn = 0; turn < 6 && !(Math.min(...times) < LONGEST); turn++) {
    await open(driver, REPORTS, "large");
    times.push(await script("return performance.getEntriesByType('navigation')[0].loadEventEnd"));
  }
  console.log(`opened in ${times.map((time) => Math.round(time)).join(", ")} ms`);
  assert.ok(Math.min(...times) < LONGEST, times.join());
  const [units, mentions] = [readCsv(join(REPORTS, "large", "scores.csv")).length, readCsv(join(REPORTS, "large", "mentions.csv")).length];
  assert.ok(units > 5000 && mentions > 50000, `${units} ${mentions}`);
  const left = await (await element("left-out")).getText();
  assert.ok(left.includes((units - 5000).toLocaleString("en-GB")) && left.includes("scores.csv"), left);
  assert.ok(left.includes((mentions - 50000).toLocaleString("en-GB")) && left.includes("mentions.csv"), left);
  const began = Date.now();
  await script("document.querySelector('#ranking-body .risk .follow').click()");
  assert.ok(await script("return document.querySelectorAll('#sentences article').length") > 0);
  console.log(`first sentences after ${Date.now() - began} ms`);
});

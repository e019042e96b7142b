"use strict";
const body = document.body, said = document.getElementById("said");
const sections = [...document.querySelectorAll("section[data-answer]")];
const field = (section, what) => section.querySelector(what);
const radios = (section) => [...section.querySelectorAll("fieldset")].map(
  (set) => [...set.querySelectorAll("input")]);
const given = (section) => radios(section).map((row) => row.find((one) => one.checked));
let shown = -1;

function go(place) {
  if (place < 0 || place >= sections.length) return;
  shown = place;
  sections[place].focus();
  sections[place].scrollIntoView({ block: "nearest" });
}

function total(section) {
  const rows = given(section);
  if (rows.every(Boolean)) {
    field(section, ".points").value = rows.reduce((sum, one) => sum + Number(one.value), 0);
  }
}

function give(section, choose) {
  for (const row of radios(section)) choose(row).checked = true;
  if (!radios(section).length) {
    const points = field(section, ".points");
    points.value = choose([{ value: 0 }, { value: points.max }]).value;
  }
  total(section);
}

function reuse(text) {
  for (const select of document.querySelectorAll("select")) {
    if (text && ![...select.options].some((one) => one.text === text)) select.add(new Option(text));
  }
}

async function save(section) {
  const points = field(section, ".points"), rows = given(section);
  const comment = field(section, "textarea").value;
  const mark = {
    answer: section.dataset.answer,
    points: points.value === "" ? null : Number(points.value),
    given: rows.every(Boolean) ? rows.map((one) => Number(one.value)) : [],
    comment,
  };
  let told = {};
  try {
    const reply = await fetch(body.dataset.address, { method: "POST", body: JSON.stringify(mark) });
    told = await reply.json();
    if (!reply.ok) throw new Error(told.why);
  } catch (error) {
    said.textContent = field(section, ".result").textContent = body.dataset.failed + error.message;
    section.className = "wrong";
    return;
  }
  said.textContent = "";
  field(section, ".result").textContent = body.dataset.saved;
  section.className = "right";
  document.getElementById("open").textContent = told.open;
  reuse(comment.trim());
  const from = sections.indexOf(section);
  const rest = [...sections.slice(from + 1), ...sections.slice(0, from)];
  go(sections.indexOf(rest.find((one) => one.className !== "right") || section));
}

for (const section of sections) {
  section.addEventListener("change", (event) => {
    if (event.target.type === "radio") total(section);
    if (event.target.tagName === "SELECT" && event.target.value) {
      const text = field(section, "textarea");
      text.value = [text.value.trim(), event.target.value].filter(Boolean).join("\n");
      event.target.value = "";
      text.focus();
    }
  });
  section.addEventListener("focusin", () => { shown = sections.indexOf(section); });
  field(section, "button").addEventListener("click", () => save(section));
}

document.addEventListener("keydown", (event) => {
  const section = sections[shown], target = event.target;
  const typing = /TEXTAREA|SELECT/.test(target.tagName) || target.type === "number";
  if (event.key === "Escape" && section) section.focus();
  else if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && section) save(section);
  else if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
  else if (event.key === "j") go(shown + 1);
  else if (event.key === "k") go(shown - 1);
  else if (!section) return;
  else if (event.key === "Enter" && target.tagName !== "BUTTON") save(section);
  else if (event.key === "f") give(section, (row) => row[row.length - 1]);
  else if (event.key === "0") give(section, (row) => row[0]);
  else if (event.key === "c") field(section, "textarea").focus();
  else if (event.key === "r") field(section, "select").focus();
  else if (event.key === "p") field(section, ".points").select();
  else if (/^[1-9]$/.test(event.key) && radios(section)[event.key - 1]) {
    const row = radios(section)[event.key - 1];
    row[(row.findIndex((one) => one.checked) + 1) % row.length].checked = true;
    total(section);
  } else return;
  event.preventDefault();
});
go(Math.max(0, sections.findIndex((one) => one.className !== "right")));

"""Whether texts on a page can be told from what lies behind them, as WCAG 2 computes it."""

SCRIPT = """([within, but]) => {
  const channels = text => text.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => [r, g, b].map(v => v / 255)
    .map(v => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const behind = node => {
    for (let e = node; e; e = e.parentElement) {
      const c = channels(getComputedStyle(e).backgroundColor);
      if (c.length < 4 || c[3] > 0.9) return c;
    }
    return [255, 255, 255];
  };
  const poor = [];
  for (const node of document.querySelectorAll(within + ' *')) {
    const own = [...node.childNodes].some(n => n.nodeType === 3 && n.textContent.trim());
    if (!own || node.tagName === 'STYLE' || node.closest(but)) continue;
    const pair = [light(channels(getComputedStyle(node).color)), light(behind(node))];
    const ratio = (Math.max(...pair) + 0.05) / (Math.min(...pair) + 0.05);
    if (ratio < 4.5) poor.push([node.textContent.trim().slice(0, 40), ratio.toFixed(2)]);
  }
  return poor;
}"""


def poor_contrast(page, within: str, but: str = "") -> list:
    """List texts within a part of a page whose contrast is below 4.5 to 1.

    Disabled controls and drawings are left out, and what stands in a part called ``but``.
    """
    left_out = ", ".join(part for part in ("[disabled]", "svg", but) if part)
    return page.evaluate(SCRIPT, [within, left_out])

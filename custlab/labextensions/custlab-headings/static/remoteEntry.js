// Opens a notebook at the heading that its address names: .../tree/lesson.ipynb#A-heading.
// JupyterLab opens the notebook and forgets the heading on the way; this remembers it.
// Written by hand, without a build: JupyterLab asks for `init` and `get`, nothing else.
(() => {
  const KEPT = "custlab-heading";
  const STEP = 400; // ms between two looks
  const LONGEST = 60000; // ms to wait for a notebook that opens slowly
  const SETTLED = 4; // looks in a row that find the heading in place: pictures above it are there

  // JupyterLab may go on to another address at once; this tab's storage outlives that.
  const tree = location.pathname.match(/\/tree\/(.+\.ipynb)$/);
  if (tree && location.hash.length > 1) {
    const wanted = { path: decodeURIComponent(tree[1]), heading: location.hash.slice(1) };
    sessionStorage.setItem(KEPT, JSON.stringify(wanted));
  }

  const pause = () => new Promise(resolve => setTimeout(resolve, STEP));

  function notebook(app, path) {
    const widget = app.shell.currentWidget;
    const open = widget?.context?.path ?? "";
    return open.endsWith(path) && widget.setFragment ? widget : null;
  }

  function inPlace(widget, heading) {
    const name = CSS.escape(heading);
    const found = widget.node.querySelector(`[data-jupyter-id="${name}"], [id="${name}"]`);
    if (!found) return false;
    const frame = widget.node.getBoundingClientRect();
    const top = found.getBoundingClientRect().top - frame.top;
    return top >= 0 && top < frame.height / 2;
  }

  async function goTo(app, { path, heading }) {
    const deadline = Date.now() + LONGEST;
    let widget = null;
    while (!(widget = notebook(app, path)) && Date.now() < deadline) await pause();
    if (!widget) return;
    await widget.context.ready;
    let left = false; // whoever scrolls or types is not pulled back
    const events = ["wheel", "keydown", "pointerdown", "touchmove"];
    const leave = () => (left = true);
    events.forEach(name => widget.node.addEventListener(name, leave, { capture: true }));
    for (let seen = 0; seen < SETTLED && !left && Date.now() < deadline; await pause()) {
      seen = inPlace(widget, heading) ? seen + 1 : 0;
      if (!seen) widget.setFragment(`#heading=${heading}`);
    }
    events.forEach(name => widget.node.removeEventListener(name, leave, { capture: true }));
  }

  const plugin = {
    id: "custlab-headings:plugin",
    description: "Opens a lesson at the heading that its address names.",
    autoStart: true,
    activate: app => {
      const kept = sessionStorage.getItem(KEPT);
      if (!kept) return;
      app.restored.then(() => {
        sessionStorage.removeItem(KEPT);
        const { path, heading } = JSON.parse(kept);
        return goTo(app, { path, heading: decodeURIComponent(heading) });
      });
    }
  };

  window._JUPYTERLAB = window._JUPYTERLAB || {};
  window._JUPYTERLAB["custlab-headings"] = {
    init: async () => {},
    get: async () => () => ({ __esModule: true, default: plugin })
  };
})();

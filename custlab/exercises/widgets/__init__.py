"""Questions as ipywidgets: cards, and the inputs of each kind."""

"""Live boards: Plotly figures whose traces follow sliders in the browser, without a server in between."""

"""The bundled font: a subset of Liberation Sans under another name, as its licence asks of changed versions."""

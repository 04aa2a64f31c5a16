"""Documents out: PDF, PPTX and XLSX on the office's paper."""

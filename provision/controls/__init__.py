"""Properties to hold on a tablet, one module a control: facts and wanted state in, steps and deviations out; pure."""

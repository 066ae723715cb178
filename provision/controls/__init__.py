"""What should be: facts and wanted state in, steps and deviations out; pure."""

"""What leaves the tool: a decision as one HTML file, and as a workbook that goes on computing."""

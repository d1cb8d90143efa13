"""What a shell does around commands: lines, scripts, redirections, pipes and their filters, files."""

"""What the browser chat and the clinic share: templates, our own style sheet, headers, and the check of who asks."""

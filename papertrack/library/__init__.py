"""The reader's library: papers, marks, settings, rules, undo log; every change goes through here."""

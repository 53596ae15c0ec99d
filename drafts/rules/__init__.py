"""The honesty rules: one small file a group, each rule with its words, its reason and what to write instead."""

"""What an export needs to know of tables: their sketches, sides and licences, and what benchmarks hold."""

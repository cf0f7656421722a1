"""Who answers how well: questions put to somebody, answers scored, rates with their intervals."""

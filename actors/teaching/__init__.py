"""Those who solve questions turn by turn, and what they are shown of what their code gave."""

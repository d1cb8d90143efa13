"""What is printed: a teacher's guide and a student's worksheet of each lesson, a poster, a glossary."""

SELECT stretches FROM subjects WHERE address = :address AND prefix = :prefix AND text = :text

{#- 85 x 54 mm: a person's badge, the size of a bank card. The lowest 3.5 mm stay white for TRAINING. -#}
{{ name|text((4, 3, 50, 17), 2) }}
{{ roles|join(", ")|text((4, 21, 50, 7), 2) }}
{{ code|qr((56, 1.5, 27.5)) }}
{{ code|code128((1, 30, 83, 13), "C") }}
{{ code|whole((4, 43.5, 77, 6), "C") }}

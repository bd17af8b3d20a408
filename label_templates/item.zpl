{#- 50 x 25 mm: one unit, 2 x 1 inch. A SKU too long for bars gets a larger QR code instead. The lowest 3.5 mm stay white. -#}
{% if code|fits128(50) %}
{{ name|text((2, 1, 33, 6.5), 2) }}
{{ sku|text((2, 7.8, 33, 4.6)) }}
{{ code|qr((36.5, 0.5, 13)) }}
{{ code|code128((0, 13.4, 50, 4.8), "C") }}
{{ code|whole((2, 18.1, 46, 3.4), "C") }}
{% else %}
{{ name|text((2, 1, 26, 11), 3) }}
{% if sku != code %}
{{ sku|text((2, 12.4, 26, 4.4)) }}
{% endif %}
{{ code|qr((29, 0.3, 17)) }}
{{ code|whole((2, 17.5, 46, 4)) }}
{% endif %}
